// A pool of threads that run kernel calls without Python: handing a call over is a matter of one microsecond, not of the
// hundred that it can take until a sleeping thread runs and has Python's lock.
//
// Posted calls wait in one queue. The workers take them from it, and so does whoever waits for a result. A worker that
// finds the queue empty looks again for a while before it goes to sleep.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <type_traits>

namespace {

using Clock = std::chrono::steady_clock;
using Word = std::int64_t;
using Function = Word (*)(Word, Word, Word, Word, Word, Word, Word, Word);

constexpr std::chrono::microseconds kPatience(200);  // of looking before sleeping: about what a sleep costs

// What `_Call` in pool.py is, too. It belongs to the caller, who keeps it until the call is done.
struct Call {
  Function function;
  Word arguments[8];
  Word result;
  double seconds;
  Call *next;  // in the queue
  std::atomic<Word> done;
};
static_assert(std::is_standard_layout<Call>::value && sizeof(Call) == 13 * sizeof(Word), "laid out as in pool.py");

// Looks until `found` is true or patience has run out. Others who have work for the processor get it meanwhile.
template <typename Condition>
bool look(Condition found) {
  for (const auto end = Clock::now() + kPatience; !found(); std::this_thread::yield()) {
    if (Clock::now() >= end) return false;
  }
  return true;
}

class Pool {
 public:
  void post(Call *call) {
    bool wake;
    {
      std::lock_guard<std::mutex> hold(mutex_);
      (last_ ? last_->next : first_) = call;
      last_ = call;
      queued_.fetch_add(1, std::memory_order_release);
      wake = sleeping_ > 0;
    }
    if (wake) posted_.notify_one();
  }

  // Comes back when the call is done; works on whatever is queued as long as it is not.
  void collect(const Call *call) {
    const auto done = [call] { return call->done.load(std::memory_order_acquire) != 0; };
    while (!done()) {
      if (Call *queued = take()) {
        run(queued);
      } else if (!look([&] { return done() || something_queued(); })) {
        std::unique_lock<std::mutex> hold(mutex_);
        ++waiting_;
        finished_.wait(hold, done);
        --waiting_;
      }
    }
  }

  [[noreturn]] void work() {
    for (;;) {
      if (Call *call = take()) {
        run(call);
      } else if (!look([this] { return something_queued(); })) {
        std::unique_lock<std::mutex> hold(mutex_);
        ++sleeping_;
        posted_.wait(hold, [this] { return first_ != nullptr; });
        --sleeping_;
      }
    }
  }

 private:
  bool something_queued() const { return queued_.load(std::memory_order_acquire) > 0; }

  Call *take() {
    if (!something_queued()) return nullptr;
    std::lock_guard<std::mutex> hold(mutex_);
    Call *call = first_;
    if (call == nullptr) return nullptr;
    first_ = call->next;
    if (first_ == nullptr) last_ = nullptr;
    queued_.fetch_sub(1, std::memory_order_relaxed);
    return call;
  }

  void run(Call *call) {
    const auto begin = Clock::now();
    const Word *a = call->arguments;
    call->result = call->function(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    call->seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    bool wake;
    {
      std::lock_guard<std::mutex> hold(mutex_);  // whoever goes to sleep has seen the call undone, or sees it done
      call->done.store(1, std::memory_order_release);
      wake = waiting_ > 0;
    }
    if (wake) finished_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable posted_, finished_;
  std::atomic<int> queued_{0};  // length of the queue, for looking without the lock
  Call *first_ = nullptr, *last_ = nullptr;
  int sleeping_ = 0, waiting_ = 0;
};

}  // namespace

// A pool with that many workers; null when the system gives no thread. It lasts as long as the process.
extern "C" Pool *pool_open(int workers) {
  auto *pool = new Pool;
  for (int worker = 0; worker < workers; ++worker) {
    try {
      std::thread(&Pool::work, pool).detach();
    } catch (const std::system_error &) {
      return worker > 0 ? pool : nullptr;
    }
  }
  return pool;
}

extern "C" void pool_post(Pool *pool, Call *call) { pool->post(call); }

extern "C" void pool_collect(Pool *pool, const Call *call) { pool->collect(call); }
