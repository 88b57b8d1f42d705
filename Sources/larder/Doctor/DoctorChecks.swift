import Configuration

/// What the doctor looks at: the options of the command, and the settings when they can be read.
struct DoctorSubject: Sendable {
    /// The settings as a server would check them, or why it would not start.
    let settings: Result<ServerSettings, any Error>
    /// The storage root, which is known even when other settings are wrong.
    let root: String

    init(_ options: CommonOptions) {
        let values = Result { try options.settings() }
        root = options.storage ?? (try? values.get().text("storage")) ?? "storage"
        settings = values.flatMap { values in Result { try ServerSettings(values, isSandbox: false) } }
    }

    /// The settings, when they are right; what is wrong with them is told by their own check.
    var goodSettings: ServerSettings? { try? settings.get() }
}

/// Something that the doctor looks at.
protocol DoctorCheck: Sendable {
    /// How it is; never throws, since what cannot be looked at is a diagnosis too. May block.
    func run(_ subject: DoctorSubject) async -> [Diagnosis]
}

/// The list of checks: a new one is a type of its own and a line here.
enum DoctorChecks {
    static let all: [any DoctorCheck] = [
        SettingsCheck(), ListenCheck(), CertificateCheck(), RootPlaceCheck(), SystemLimitsCheck(), ClockCheck(),
        ImageWorkerCheck(), VideoCheck(), RemoteCheck(),
    ]
}
