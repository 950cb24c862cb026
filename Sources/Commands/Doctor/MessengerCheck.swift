import ConnectorKit
import Domain

/// What the messenger says of an account, and whether it can reach us where it pushes.
enum MessengerCheck {
    /// What came of asking for our own webhook, as the messenger would.
    enum Reach: Sendable, Equatable {
        case status(Int)
        case failed(String)
    }

    struct Facts: Sendable {
        var account: String
        var result: Result<MessengerIdentity, ConnectorFailure>
        /// Whether it pushes; then it needs an address of ours.
        var pushes: Bool
        /// Without `public_url` there is none.
        var webhookURL: String?
        var reach: Reach?

        init(
            account: String, result: Result<MessengerIdentity, ConnectorFailure>, pushes: Bool,
            webhookURL: String? = nil,
            reach: Reach? = nil
        ) {
            self.account = account
            self.result = result
            self.pushes = pushes
            self.webhookURL = webhookURL
            self.reach = reach
        }
    }

    static func judge(_ facts: Facts) -> [Diagnosis] {
        let check = "messenger \(facts.account)"
        switch facts.result {
        case .failure(let failure):
            return [judge(failure, facts, check)] + (facts.pushes ? webhook(facts, nil, check) : [])
        case .success(let identity):
            var found = facts.pushes ? webhook(facts, identity, check) : []
            if !facts.pushes, let other = identity.facts["webhook"], other != "none" {
                found.append(
                    .warning(
                        check, "somebody set a webhook at \(other): it takes what customers write",
                        "our connector removes it when it is told of it; if it comes again, make a new token for us alone"
                    ))
            }
            return found.isEmpty ? [.ok(check, "answers, and knows us as \(identity.name)")] : found
        }
    }

    private static func judge(_ failure: ConnectorFailure, _ facts: Facts, _ check: String) -> Diagnosis {
        switch failure.kind {
        case .unavailable:
            .failed(
                check, failure.message,
                "look at the network and at http.client.proxy; if others do not reach it either, wait: nothing is lost")
        case .throttled(let wait):
            .warning(
                check, failure.message, "wait \(Int(wait / .seconds(1))) s; lower the account's rate if it comes again")
        case .refused, .conflict:
            .failed(check, failure.message, AccountCheckup.remedy(for: failure.message, account: facts.account))
        }
    }

    private static func webhook(_ facts: Facts, _ identity: MessengerIdentity?, _ check: String) -> [Diagnosis] {
        guard let url = facts.webhookURL else {
            return [
                .failed(
                    check, "it pushes, and public_url is not set: nothing arrives",
                    "eralink account set \(facts.account) public_url=https://HOST, and lead that to the connector (eralink proxy nginx)"
                )
            ]
        }
        var found: [Diagnosis] = []
        let shown = shortened(url)
        switch facts.reach {
        case .failed(let reason):
            found.append(
                .failed(
                    check, "its webhook cannot be reached at \(shown): \(reason)",
                    "start the proxy there, mend its certificate or public_url; the messenger repeats for a while only")
            )
        case .status(200), nil: break
        case .status(let status):
            found.append(
                .failed(
                    check, "its webhook at \(shown) answers \(status)",
                    status == 404
                        ? "lead /webhooks/\(facts.account)/ to the account's connector (eralink proxy nginx)"
                        : "start the account's connector; the proxy does not reach one"))
        }
        if let set = identity?.facts["webhook"], set != "set" {
            found.append(
                .failed(
                    check,
                    set == "none"
                        ? "the messenger has no webhook: nothing arrives"
                        : "its webhook is not ours: what customers write goes elsewhere",
                    "the connector sets ours within a minute if it can be reached; if it comes again, make a new token for us alone"
                ))
        }
        return found
    }

    /// Without what stands last in the path, which is a secret.
    private static func shortened(_ url: String) -> String {
        url.lastIndex(of: "/").map { "\(url[..<$0])/…" } ?? url
    }
}
