import ArgumentParser
import Domain

/// Which chats are meant, beside the period.
struct ChatQueryOptions: ParsableArguments {
    @Option(help: "Only this account.", completion: AccountNames.completion)
    var account: String?

    @Option(help: "Only waiting, active or closed ones.")
    var state: InteractionState?

    @Option(help: "Only those of this agent.")
    var agent: String?

    /// Throws a usage error for what is no period.
    func query(
        from: String, to: String?, text: String?, _ context: CommandContext
    ) throws -> ChatQuery {
        let query = ChatQuery(
            from: try Moment.read(from, option: "--from", context),
            to: try to.map { try Moment.read($0, option: "--to", context) } ?? context.now(), account: account,
            state: state?.rawValue, agent: agent, text: text)
        guard query.from < query.to else { throw CommandFailure.usage("--from must be before --to") }
        return query
    }
}
