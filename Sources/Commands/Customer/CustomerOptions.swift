import ArgumentParser
import Domain
import Store

/// Which customer is meant.
struct CustomerOptions: ParsableArguments {
    @Argument(help: "The customer's id in Eralink.")
    var customer: String?

    @Option(help: "Or the account that the customer writes to.", completion: AccountNames.completion)
    var account: String?

    @Option(
        help: ArgumentHelp(
            "And the customer's id at the messenger, or a phone number that begins with +.", valueName: "id|+phone"))
    var to: String?

    func validate() throws {
        guard (customer == nil) == (account != nil && to != nil), (account == nil) == (to == nil) else {
            throw ValidationError("Give a customer's id, or --account and --to")
        }
    }

    /// Throws `not_found` for what can be no id.
    func address() throws -> CustomerAddress {
        if let account, let to {
            return to.hasPrefix("+") ? .phone(account: account, number: to) : .external(account: account, id: to)
        }
        guard let id = customer.flatMap({ CustomerID(text: $0) }) else {
            throw EralinkError(.notFound, "customer \(customer ?? "") does not exist")
        }
        return .id(id)
    }
}
