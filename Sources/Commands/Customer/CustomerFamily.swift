import ArgumentParser

struct CustomerFamily: CommandFamily {
    static let configuration = CommandConfiguration(
        commandName: "customer", abstract: "Customers: show, erase.",
        subcommands: [CustomerShow.self, CustomerErase.self])

    static let examples = [
        CommandExample("eralink customer show 7", "what is kept of a customer"),
        CommandExample("eralink customer show --account support --to +79990001122", "found by phone number"),
        CommandExample("eralink customer erase 7 --yes", "remove all of it"),
    ]
}
