import Domain

/// Every schema of the agent API that has a name.
package enum Schemas {
    /// In the order of the documents.
    package static let components: [SchemaComponent] =
        [
            interaction, interactionCustomer, customer, message, part, reason, reply, forward, text, entity, media,
            contact,
            location, template, callback, system, unsupported, keyboard, button, file, capabilities,
            accountCapabilities, kindCapability, presence, watch, error, problem,
        ] + sending

    package static func component(_ name: String) -> Schema? { components.first { $0.name == name }?.schema }
}
