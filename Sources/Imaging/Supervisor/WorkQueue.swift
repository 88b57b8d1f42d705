internal import Glibc

/// A bounded queue from which threads take, blocking while it is empty; urgent elements come first.
///
/// After eight urgent ones in a row one of the others has its turn, so that these do not starve.
final class WorkQueue<Element: Sendable>: @unchecked Sendable {
    // All stored variables are touched only between lock() and unlock() of `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private var elements: [Element] = []
    private var urgent: [Element] = []
    private var urgentInRow = 0
    private var isClosed = false

    init(capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// What became of an element that was offered.
    enum Admission {
        case accepted
        case full
        case closed
    }

    /// Adds at the end of its kind, unless the queue is full or closed.
    func offer(_ element: Element, isUrgent: Bool = false) -> Admission {
        locked {
            guard !isClosed else { return .closed }
            guard elements.count + urgent.count < capacity else { return .full }
            if isUrgent { urgent.append(element) } else { elements.append(element) }
            pthread_cond_signal(changed)
            return .accepted
        }
    }

    /// The first element, waiting for one; nil once the queue is closed.
    func next() -> Element? {
        locked {
            while elements.isEmpty && urgent.isEmpty && !isClosed { pthread_cond_wait(changed, mutex) }
            return isClosed ? nil : take()
        }
    }

    private func take() -> Element {
        guard !urgent.isEmpty, urgentInRow < 8 || elements.isEmpty else {
            urgentInRow = 0
            return elements.removeFirst()
        }
        urgentInRow += 1
        return urgent.removeFirst()
    }

    /// Takes out the first element for which this holds.
    func remove(where matches: (Element) -> Bool) -> Element? {
        locked {
            if let index = urgent.firstIndex(where: matches) { return urgent.remove(at: index) }
            guard let index = elements.firstIndex(where: matches) else { return nil }
            return elements.remove(at: index)
        }
    }

    /// Ends every wait, now and later, and returns what nobody took.
    func close() -> [Element] {
        locked {
            isClosed = true
            pthread_cond_broadcast(changed)
            defer { (urgent, elements) = ([], []) }
            return urgent + elements
        }
    }

    /// Waits for the time to pass, or for the queue to be closed.
    func pause(_ time: Duration) {
        guard time > .zero else { return }
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = Int(time / .nanoseconds(1)) + deadline.tv_nsec
        deadline.tv_sec += nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        locked {
            while !isClosed {
                guard pthread_cond_timedwait(changed, mutex, &deadline) != ETIMEDOUT else { return }
            }
        }
    }

    /// How many wait.
    var count: Int { locked { urgent.count + elements.count } }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
