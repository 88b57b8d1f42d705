import ArgumentParser

/// `larder styles …`.
struct StylesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "styles",
        abstract: "Look at styles before they are used, make them anew after a change, and sign their URLs.",
        discussion: """
            Styles are the smaller pictures that Larder makes of pictures: attachments.styles and attachments.style_rules
            in the configuration say which. Give these commands the server's own --config.

            After a change of the configuration:
              larder styles preview photo.jpg --config larder.json      # look at them
              (restart the server)
              larder styles regenerate uploads --config larder.json     # make what changed of what was uploaded before

            Any picture in a bucket, in any size, without storing it as a style:
              larder styles url uploads photos/cat.jpg --style thumb
              larder styles url uploads photos/cat.jpg --option rs:fill:320:200 --format webp --expires 12h
            """,
        subcommands: [StylesPreviewCommand.self, StylesRegenerateCommand.self, StylesURLCommand.self]
    )
}
