import Glibc
import Imaging
import Testing

// One after another: a worker that starts among dozens of others may not greet in time.
@Suite("ImageWorkerPool", .serialized, .enabled(if: RealWorker.isBuilt, "larder-imaged is not built"))
struct ImageWorkerPoolTests {
    private let picture = RenderTests.quarters(200, 200)

    @Test func `a worker that was killed is replaced`() async throws {
        try await RealWorker.withPool { pool in
            let before = try await pool.render(picture).reply
            #expect(before.failure == nil)
            let pid = try #require(pool.status.workers[0].processID)
            kill(pid, SIGKILL)
            let after = try await pool.render(picture).reply
            #expect(after.failure == nil)
            #expect(pool.status.workers[0].processID != pid)
        }
    }

    @Test func `without the program every job says so`() async throws {
        let path = "/nonexistent/larder-imaged"
        try await RealWorker.withPool {
            $0.program = WorkerProgram(path: path)
        } _: { pool in
            let error = await #expect(throws: ImagingError.self) { try await pool.render(picture) }
            #expect(error?.code == .workerMissing)
            #expect(error?.message == "image worker not found at \(path); styles are not made")
            #expect(pool.status.problem == error?.message && !pool.status.isAvailable)
        }
    }

    @Test func `a program that is no worker is named`() async throws {
        try await RealWorker.withPool {
            $0.program = WorkerProgram(path: "/bin/true")
        } _: { pool in
            let error = await #expect(throws: ImagingError.self) { try await pool.render(picture) }
            #expect(error?.code == .workerBroken)
        }
    }

    @Test func `a worker goes after its number of jobs`() async throws {
        try await RealWorker.withPool {
            $0.jobsPerWorker = 2
        } _: { pool in
            for _ in 0..<4 {
                let reply = try await pool.render(picture).reply
                #expect(reply.failure == nil)
            }
            #expect(pool.status.starts >= 2 && pool.status.jobs == 4 && pool.status.failures == 0)
        }
    }

    @Test func `the worker says how it is confined`() async throws {
        try await RealWorker.withPool { pool in
            _ = try await pool.render(picture)
            let greeting = try #require(pool.status.greeting)
            #expect(greeting.library.hasPrefix("8.") && greeting.seccomp)
        }
    }

    @Test func `two workers serve many at once`() async throws {
        try await RealWorker.withPool {
            $0.workers = 2
        } _: { pool in
            let replies = try await withThrowingTaskGroup(of: RenderReply.self) { group in
                for _ in 0..<20 { group.addTask { try await pool.render(picture).reply } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.count == 20 && replies.allSatisfy { $0.failure == nil })
        }
    }

    @Test func `a full queue refuses, and a cancelled job leaves it`() async throws {
        var limits = ImagingLimits()
        limits.cpuTime = .seconds(1)
        let bomb = ScanBomb.file(side: 7000)
        try await RealWorker.withPool {
            $0.queueLength = 1
        } _: { [limits] pool in
            let codes = try await withThrowingTaskGroup(of: ImagingError.Code?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await pool.render(bomb, [.thumb], limits)
                            return nil
                        } catch let error as ImagingError {
                            return error.code
                        } catch is CancellationError {
                            return .queueFull
                        }
                    }
                }
                var codes: [ImagingError.Code?] = []
                for try await code in group {
                    codes.append(code)
                    if codes.count == 6 { group.cancelAll() }
                }
                return codes
            }
            #expect(codes.count == 8 && codes.filter { $0 == .queueFull }.count >= 5)
            #expect(pool.status.queued == 0)
        }
    }

    @Test func `after shutdown nothing is taken and nothing runs`() async throws {
        let (pool, pid) = try await RealWorker.withPool { pool in
            _ = try await pool.render(picture)
            return (pool, try #require(pool.status.workers[0].processID))
        }
        let error = await #expect(throws: ImagingError.self) { try await pool.render(picture) }
        #expect(error?.code == .shutDown && pool.status.isShutDown)
        #expect(kill(pid, 0) == -1)
    }

    @Test func `a job needs a destination for every style`() async throws {
        try await RealWorker.withPool { pool in
            let file = try OpenDescriptor.inMemory()
            let job = try RenderJob(styles: StyleSpec.defaults)
            let error = await #expect(throws: ImagingError.self) {
                try await pool.render(job, source: file, destinations: [file])
            }
            #expect(error?.code == .invalidJob)
            #expect(throws: ImagingError.self) { try RenderJob(styles: []) }
        }
    }
}
