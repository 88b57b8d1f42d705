internal import Glibc
internal import Imaging

// The worker of Larder's pictures. The server starts it with a socket on descriptor 3; by hand it offers a self-test.
let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("--kinds", 2):
    exit(Zygote.serve(arguments[1].split(separator: ",").compactMap { ImageKind(rawValue: String($0)) }))
case ("--self-test", 1):
    exit(SelfTest.run())
default:
    StandardError.say("usage: larder-imaged --self-test; with --kinds LIST it serves the socket on descriptor 3")
    exit(64)
}
