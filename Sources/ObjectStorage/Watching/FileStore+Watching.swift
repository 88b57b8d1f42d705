import Glibc
import Logging
import S3Protocol
import Synchronization

extension FileStore {
    /// How long a file that was made is left alone when nobody says that it is complete.
    private static let settlingTime = Duration.seconds(2)
    /// How long the kernel gathers events before they are read again, in microseconds: each change of the store's own is
    /// one, and a thread that is woken for each costs more than the rest of the watching.
    private static let breath: UInt32 = 5_000

    /// Follows what is done to files by hand until `close`: it is listed within moments.
    func startWatching() {
        guard let watcher = root.watcher else { return }
        startSettling()
        for bucket in registry.all { watcher.watch(KeyPlace.bucketDirectory(bucket.name)) }
        let (batches, continuation) = AsyncStream<DirectoryWatcher.Batch>.makeStream(
            bufferingPolicy: .bufferingOldest(256)
        )
        watchThread.start { [log, requestScan] _ in
            while true {
                do {
                    let batch = try watcher.next()
                    if case .stopped = batch { break }
                    // All of it was the store's own; what others do is read as fast as it comes.
                    if case .events(let events) = batch, events.isEmpty {
                        usleep(Self.breath)
                        continue
                    }
                    if case .dropped = continuation.yield(batch) { requestScan.yield() }
                } catch {
                    log.error("directories are not watched any more", metadata: ["error": "\(error)"])
                    break
                }
            }
            continuation.finish()
        }
        let task = Task {
            for await batch in batches { await handle(batch, watcher) }
        }
        background.withLock { $0.append(task) }
    }

    private func handle(_ batch: DirectoryWatcher.Batch, _ watcher: DirectoryWatcher) async {
        guard case .events(let events) = batch else {
            requestScan.yield()
            return
        }
        for event in events where !Task.isCancelled {
            if event.isDirectory { await handleDirectory(event, watcher) } else { await handleFile(event) }
        }
    }

    private func handleFile(_ event: DirectoryWatcher.Event) async {
        guard let (bucket, key) = key(ofPath: event.path) else { return }
        let target = target(key, of: bucket)
        guard case .made = event.kind else { return await lookAgain(at: target) }
        // A link is complete at once and is never closed; a file that is being written will be.
        settling.request.yield(SettlingFile(target: target, due: .now + Self.settlingTime))
    }

    private func handleDirectory(_ event: DirectoryWatcher.Event, _ watcher: DirectoryWatcher) async {
        guard let (bucket, key) = key(ofPath: event.path), let prefix = try? ObjectKey(utf8: key.utf8 + [0x2F]) else {
            return
        }
        if case .vanished = event.kind {
            watcher.forget(event.path)
        } else {
            _ = try? await pool.run { watcher.watch(event.path) }
        }
        do {
            try await scan(bucket, directory: event.path, prefix: prefix)
        } catch {
            log.notice(
                "a directory that was changed by hand is looked at later",
                metadata: ["path": "\(event.path)", "error": "\(error)"]
            )
        }
    }

    /// Looks at files that were made a while ago, until `close`.
    private func startSettling() {
        let task = Task {
            for await file in settling.files {
                guard (try? await Task.sleep(until: file.due)) != nil else { return }
                await lookAgain(at: file.target)
            }
        }
        background.withLock { $0.append(task) }
    }

    private func lookAgain(at target: ObjectFiles.Target) async {
        do {
            try await refresh(target)
        } catch {
            log.notice(
                "a file that was changed by hand is looked at later",
                metadata: ["key": "\(target.key)", "error": "\(error)"]
            )
        }
    }

    /// The key whose natural place a path is, or would be.
    private func key(ofPath path: String) -> (Bucket, ObjectKey)? {
        let names = path.pathSegments
        guard names.count >= 3, names[0] == "buckets", let name = try? BucketName(names[1]),
            let bucket = registry.find(name)
        else { return nil }
        let bytes = Array(path.utf8.dropFirst(KeyPlace.bucketDirectory(name).utf8.count + 1))
        guard KeyPlace.isSafePath(bytes), let key = try? ObjectKey(utf8: bytes) else { return nil }
        return (bucket, key)
    }
}

/// A file that somebody made and that is looked at when it had time to be written.
struct SettlingFile: Sendable {
    let target: ObjectFiles.Target
    let due: ContinuousClock.Instant
}
