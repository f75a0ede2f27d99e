/// An answer as a person sends it.
public struct ReplyRequest: Sendable {
  public struct File: Sendable {
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  public var conversationID: Int64
  public var body: String
  /// `CUSTOMER`, `OPERATOR` or both.
  public var recipients: [String]
  /// The newest message that the writer had on the screen; `nil` skips the question.
  public var lastSeen: Int64?
  /// Made with the form: sent twice it is one message.
  public var formKey: String
  public var template: String?
  public var files: [File]

  public init(
    conversationID: Int64, body: String, recipients: [String] = ["CUSTOMER"], lastSeen: Int64?,
    formKey: String, template: String? = nil, files: [File] = []
  ) {
    self.conversationID = conversationID
    self.body = body
    self.recipients = recipients
    self.lastSeen = lastSeen
    self.formKey = formKey
    self.template = template
    self.files = files
  }
}
