import CLinux
import Glibc

/// A folder of its own for one test, removed at the end.
final class ScratchFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/larder-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit { system("rm -rf '\(path)'") }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func makeFolder(_ name: String) { system("mkdir -p '\(file(name))'") }

    func write(_ name: String, _ bytes: [UInt8], _ attributes: [(String, [UInt8])] = []) {
        if let slash = name.lastIndex(of: "/") { makeFolder(String(name[..<slash])) }
        let stream = fopen(file(name), "wb")!
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        set(name, attributes)
    }

    func write(_ name: String, _ text: String, _ attributes: [(String, String)]) {
        write(name, Array(text.utf8), attributes.map { ($0.0, Array($0.1.utf8)) })
    }

    /// Sets extended attributes of the user's namespace.
    func set(_ name: String, _ attributes: [(String, [UInt8])]) {
        let descriptor = open(file(name), O_RDONLY)
        for (name, value) in attributes {
            precondition(clinux_set_attribute(descriptor, "user." + name, value, value.count) == 0)
        }
        close(descriptor)
    }

    /// Sets when something was last changed, in seconds since 1970.
    func age(_ name: String, _ seconds: Int64) {
        let descriptor = open(file(name), O_RDONLY)
        _ = clinux_set_modified(descriptor, seconds * 1_000_000_000)
        close(descriptor)
    }
}

extension ScratchFolder {
    /// Makes this the same drive as one in memory.
    func write(_ drive: MemoryDrive) {
        for (name, node) in drive.nodes {
            switch node {
            case .file(let bytes): write(name, bytes)
            case .folder: if !name.isEmpty { makeFolder(name) }
            case .link: system("mkdir -p \"$(dirname '\(file(name))')\" && ln -s /etc '\(file(name))'")
            }
        }
    }
}
