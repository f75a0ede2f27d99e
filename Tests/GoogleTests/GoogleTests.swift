import Testing

/// What follows a booking, against the simulated Google and push server over HTTP. Time is a
/// value: nothing here waits for the clock.
@Suite("After the booking")
struct GoogleTests {}
