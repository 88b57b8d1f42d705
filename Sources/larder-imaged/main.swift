internal import Glibc
internal import Imaging

// The worker of Larder's pictures. The server starts it with a socket on descriptor 3; by hand it offers a self-test.
func kinds(_ list: String) -> [ImageKind] {
    list.split(separator: ",").compactMap { ImageKind(rawValue: String($0)) }
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("--kinds", 2):
    exit(Zygote.serve(kinds(arguments[1])))
case ("--poster", 4):
    exit(PosterProcess.become(arguments[1], video: arguments[2], limits: arguments[3]))
case ("--self-test", 1), ("--self-test", 2):
    exit(SelfTest.run(arguments.count > 1 ? kinds(arguments[1]) : []))
default:
    StandardError.say(
        "usage: larder-imaged --self-test [KINDS]; the server starts it with --kinds, for frames of videos with --poster"
    )
    exit(64)
}
