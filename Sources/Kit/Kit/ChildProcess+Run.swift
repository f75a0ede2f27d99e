import CShims
import Glibc

extension ChildProcess {
  public struct Output: Sendable {
    public var status: Status
    public var output: [UInt8]
    public var error: [UInt8]

    public init(status: Status, output: [UInt8], error: [UInt8]) {
      self.status = status
      self.output = output
      self.error = error
    }

    public var text: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: error, as: UTF8.self) }
  }

  /// Runs a program to its end and keeps what it wrote. What a grandchild that stays behind would
  /// still write is not waited for.
  ///
  /// - Parameter limit: bytes kept of each stream; the rest is read and dropped.
  /// - Throws: `ProcessError`; the program and its group are killed at the deadline and when the
  ///   task is cancelled.
  public static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String]? = nil,
    folder: String? = nil, deadline: Duration, limit: Int = 16 << 20
  ) async throws(ProcessError) -> Output {
    let bell = qs_eventfd()
    guard bell >= 0 else { throw ProcessError(.cannotStart, arguments, strerrorText(errno)) }
    defer { close(bell) }
    let end = ContinuousClock.now + deadline
    let thread = BlockingThreads(count: 1)
    let outcome = await withTaskCancellationHandler {
      await thread.run {
        Result { () throws(ProcessError) in
          let talk = try Conversation.start(
            arguments, input: input, environment: environment, folder: folder, limit: limit)
          return try talk.hold(until: end, bell: bell)
        }
      }
    } onCancel: {
      qs_eventfd_ring(bell)
    }
    let (child, output, error) = try outcome.get()
    return Output(status: await child.wait(), output: output, error: error)
  }
}

public struct ProcessError: ClassifiedError {
  public enum Code: Sendable { case cannotStart, timedOut, cancelled }

  public var code: Code
  public var arguments: [String]
  public var reason: String

  public init(_ code: Code, _ arguments: [String], _ reason: String) {
    self.code = code
    self.arguments = arguments
    self.reason = reason
  }

  private var program: String { arguments.first ?? "a program" }
  public var description: String { "\(program): \(reason)" }
  public var debugDescription: String { "\(arguments.joined(separator: " ")): \(reason)" }
  public var classification: Classification {
    switch code {
    case .cannotStart: .needsPerson(question: description)
    case .timedOut, .cancelled: .transient(retryAfter: nil)
    }
  }
}

func strerrorText(_ code: Int32) -> String { String(cString: strerror(code)) }
