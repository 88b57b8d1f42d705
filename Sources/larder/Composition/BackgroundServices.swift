import Attachments
import ServiceLifecycle

/// Removes what nobody claimed, until the server stops; a sweep that is broken off is done again later.
struct JanitorService: Service {
    let janitor: UploadJanitor

    func run() async throws {
        await cancelWhenGracefulShutdown { await janitor.run() }
    }
}

/// Makes styles until the server stops; jobs under way are finished first, waiting ones stay queued on disk.
struct JobService: Service {
    let jobs: JobQueue

    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            await jobs.run()
        } onCancelOrGracefulShutdown: {
            jobs.stop()
        }
    }
}
