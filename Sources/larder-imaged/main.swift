internal import Glibc

// The worker of Larder's pictures. The server starts it with a socket on descriptor 3; by hand it offers a self-test.
switch CommandLine.arguments.dropFirst().first {
case nil:
    exit(Zygote.serve())
case "--self-test":
    exit(SelfTest.run())
default:
    StandardError.say("usage: larder-imaged [--self-test]; without it, it serves the socket on descriptor 3")
    exit(64)
}
