/// What the documents say of themselves.
package enum DocumentVersion {
    package static let api = "1.0.0"
    package static let promise = "Within v1 changes only add: clients pass over members that they do not know."
}
