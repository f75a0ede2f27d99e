import Assembly
import Kit
import Testing

extension FaultTests.CommandLineTests {
  @Test("a business has a clock, which somebody knows")
  func timeZone() async throws {
    try await Stage.play { stage in
      let added = try await stage.run([
        "business", "add", "tea-house", "--name", "Tea House", "--time-zone", "America/Halifax",
      ])
      #expect(added.status == .init(code: 0), "\(added.errorText)")
      let refused = try await stage.run([
        "business", "set", "tea-house", "--time-zone", "Mars/Olympus",
      ])
      #expect(refused.status == .init(code: 2))
      #expect(refused.errorText.contains("nobody knows the time zone 'Mars/Olympus'"))
      let shown = try await stage.json(["business", "show", "tea-house"])
      #expect(shown["time_zone"]?.string == "America/Halifax")
    }
  }
}
