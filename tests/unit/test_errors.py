import pytest

from npubuild.errors import Diagnostic, Place, Severity, UserError


@pytest.mark.parametrize(
    ("place", "text"),
    [(Place("k.yaml"), "k.yaml"), (Place("k.yaml", 12), "k.yaml:12"), (Place("k.yaml", 12, 5), "k.yaml:12:5")],
)
def test_a_place_prints_what_is_known_of_it(place, text):
    assert str(place) == text


def test_a_diagnostic_carries_place_rule_and_cure():
    diagnostic = Diagnostic(
        "unknown key `tiels`", Place("kernels.yaml", 12, 5), rule="unknown-key", hint="did you mean `tiles`?"
    )
    assert str(diagnostic) == "error: kernels.yaml:12:5: unknown key `tiels` [unknown-key]\nhint: did you mean `tiles`?"


def test_a_warning_says_so():
    assert str(Diagnostic("slow", severity=Severity.WARNING)) == "warning: slow"


def test_a_user_error_keeps_all_its_diagnostics():
    first, second = Diagnostic("one"), Diagnostic("two")
    assert UserError([first, second]).diagnostics == (first, second)
    assert str(UserError([first, second])) == "error: one\nerror: two"
