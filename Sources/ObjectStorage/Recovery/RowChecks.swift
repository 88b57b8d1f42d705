import S3Protocol
import Synchronization

// Reads do not touch the index. That a row differs from its file, as after a file was brought back from a backup, is
// noticed all the same: when a record is seen for the first time, its row is looked at afterwards and beside.
extension FileStore {
    private static let pause = Duration.milliseconds(5)

    /// Has the key's row compared with its file soon; forgotten when many are waiting, since a scan finds it as well.
    func checkRowLater(_ target: ObjectFiles.Target) {
        requestRowCheck.yield(target)
    }

    /// Compares rows until `close`, some 200 a second at most.
    func startRowChecks() {
        let task = Task {
            for await target in rowCheckRequests {
                try? await refresh(target)
                guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
            }
        }
        background.withLock { $0.append(task) }
    }
}
