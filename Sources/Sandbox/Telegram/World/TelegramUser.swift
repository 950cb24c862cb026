import JSON

/// A person as Telegram shows them.
package struct SimulatedCustomer: Sendable, Equatable {
    package var id: Int64
    package var firstName: String
    package var lastName: String?
    package var username: String?
    package var languageCode: String?

    package init(
        id: Int64, firstName: String, lastName: String? = nil, username: String? = nil, languageCode: String? = nil
    ) {
        self.id = id
        self.firstName = firstName
        self.lastName = lastName
        self.username = username
        self.languageCode = languageCode
    }

    var userJSON: [UInt8] {
        JSONWriter.object {
            $0.member("id", id)
            $0.member("is_bot", false)
            $0.member("first_name", firstName)
            $0.optional("last_name", lastName)
            $0.optional("username", username)
            $0.optional("language_code", languageCode)
        }
    }

    var chatJSON: [UInt8] {
        JSONWriter.object {
            $0.member("id", id)
            $0.member("first_name", firstName)
            $0.optional("last_name", lastName)
            $0.optional("username", username)
            $0.member("type", "private")
        }
    }
}

/// A bot and the token it is called with.
package struct SimulatedBot: Sendable, Equatable {
    package var id: Int64
    package var token: String
    package var username: String
    package var firstName: String

    func userJSON(isFull: Bool = false) -> [UInt8] {
        JSONWriter.object {
            $0.member("id", id)
            $0.member("is_bot", true)
            $0.member("first_name", firstName)
            $0.member("username", username)
            guard isFull else { return }
            $0.member("can_join_groups", true)
            $0.member("can_read_all_group_messages", false)
            $0.member("supports_inline_queries", false)
            $0.member("can_connect_to_business", false)
            $0.member("has_main_web_app", false)
            $0.member("has_topics_enabled", false)
        }
    }
}
