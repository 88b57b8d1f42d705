import Attachments
import Mirror
import ObjectStorage
import ServiceLifecycle

/// Removes what nobody claimed, until the server stops; a sweep that is broken off is done again later.
struct JanitorService: Service {
    let janitor: UploadJanitor

    func run() async throws {
        await cancelWhenGracefulShutdown { await janitor.run() }
    }
}

/// Carries out lifecycle rules until the server stops; what is due and was not done is done at the next run.
struct LifecycleService: Service {
    let executor: LifecycleExecutor
    let interval: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: interval)) != nil { await executor.run() }
        }
    }
}

/// Tells webhooks until the server stops; what is under way then is told again by the next server.
struct WebhookService: Service {
    let dispatcher: WebhookDispatcher

    func run() async throws {
        await cancelWhenGracefulShutdown { await dispatcher.run() }
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

/// Gets to know the kept styles of an earlier run, and ends those under way when the server stops.
struct OnTheFlyService: Service {
    let styles: OnTheFlyStyles

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await styles.loadKept()
            try? await gracefulShutdown()
        }
    }
}

/// Mirrors buckets until the server stops; what is under way then is done again by the next server.
struct MirrorService: Service {
    let mirror: Mirror

    func run() async throws {
        await cancelWhenGracefulShutdown { await mirror.run() }
    }
}
