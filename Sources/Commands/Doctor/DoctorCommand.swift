import ArgumentParser
import Domain

struct DoctorCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the whole installation, a line a check, with what to do.",
        discussion: """
            Looks at what is set: settings, key, database, ZooKeeper, clocks, disks, daemons, accounts and their messengers. \
            Changes nothing. It takes seconds, also where nothing answers. Status 0: all is well; 10: only warnings; 1: something \
            fails.
            """)

    static let examples = [
        CommandExample("eralink doctor", "at night: what is wrong, and what to do about it"),
        CommandExample("eralink doctor --bad", "only what is not well"),
        CommandExample(
            "eralink doctor -o json | jq -r '.[] | select(.level == \"failed\") | .check'", "for monitoring"),
    ]

    /// It reads them itself: settings that are wrong are its first check.
    static let usesSettings = false

    @Flag(help: "Print only what is not well.")
    var bad = false

    @Flag(help: "Do not ask the messengers.")
    var offline = false

    @OptionGroup var shared: SharedOptions

    func run(_ context: CommandContext) async throws {
        let loader = SettingsLoader(flags: shared.flagSettings, environment: context.environment, file: shared.config)
        let (loaded, problems) = loader.loadAll()
        var context = context
        context.loadedSettings = loaded
        let all =
            SettingsCheck.judge(problems: problems, loaded)
            + (await Examination(context: context, asksMessengers: !offline).diagnoses())
        try print(bad ? all.filter { $0.level != .ok } : all, context.output)
        let failed = all.count { $0.level == .failed }
        let warnings = all.count { $0.level == .warning }
        if failed > 0 {
            throw CommandFailure(
                .failed,
                EralinkError(
                    .internal, "\(failed) of \(all.count) checks failed, \(warnings) warn; begin with the first one",
                    retryable: false))
        }
        if warnings > 0 { throw CommandFailure(.warnings) }
    }

    private func print(_ diagnoses: [Diagnosis], _ output: Output) throws {
        guard output.form == .table, !output.quiet else { return try output.list(diagnoses) }
        for diagnosis in diagnoses {
            try output.finding(
                diagnosis.level.rawValue, diagnosis.level.colour, "\(diagnosis.check): \(diagnosis.finding)",
                remedy: diagnosis.remedy)
        }
    }
}
