/// What values parameters have. Telegram reads garbage as 0 or false; a strict reader says so.
enum ParameterTypes {
    /// What is wrong with the value; nil where nothing, or where nobody knows.
    static func problem(_ name: String, _ value: String) -> String? {
        if integers.contains(name) { return Int64(value) == nil ? "\(name) is no integer: \(value.prefix(40))" : nil }
        if name == "chat_id" || name == "from_chat_id" {
            return Int64(value) == nil && !value.hasPrefix("@") ? "\(name) is no chat: \(value.prefix(40))" : nil
        }
        if flags.contains(name) {
            return ["true", "false"].contains(value.lowercased())
                ? nil : "\(name) is neither true nor false: \(value.prefix(40))"
        }
        if numbers.contains(name) { return Double(value) == nil ? "\(name) is no number: \(value.prefix(40))" : nil }
        return nil
    }

    private static let integers: Set<String> = [
        "message_id", "message_thread_id", "direct_messages_topic_id", "reply_to_message_id", "duration", "width",
        "height", "length", "offset", "limit", "timeout", "user_id", "cache_time", "live_period", "heading",
        "proximity_alert_radius", "start_timestamp", "video_start_timestamp", "max_connections",
    ]

    private static let flags: Set<String> = [
        "disable_notification", "protect_content", "allow_paid_broadcast", "allow_sending_without_reply", "show_alert",
        "supports_streaming", "has_spoiler", "show_caption_above_media", "disable_content_type_detection", "is_big",
        "drop_pending_updates", "disable_web_page_preview",
    ]

    private static let numbers: Set<String> = ["latitude", "longitude", "horizontal_accuracy"]
}
