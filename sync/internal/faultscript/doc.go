// Package faultscript says when a simulated server misbehaves, and how: one
// script serves the simulators of both sides.
//
// It only answers the question "does this call go wrong?". It knows no
// protocol, opens no connection, waits for nothing and reads no clock: the
// simulator that asks does the harm itself, in its own protocol. It may not
// import anything else of the project.
//
// A script is made in Go with [New] or read from TOML with [Parse]:
//
//	[[rule]]
//	side        = "severa"              # "exchange", "severa"; left out: both
//	op          = "POST /v1/activities" # operation; "" or "*": any; a trailing * matches any ending
//	who         = "anna@office.test"    # mailbox address or user guid; left out: anyone
//	after       = 2                     # let that many matching calls pass first
//	times       = 1                     # go wrong that often; 0 or left out: forever
//	kind        = "throttle"            # see Kind
//	delay       = "1500ms"              # wait before answering
//	retry_after = "5s"                  # what the answer tells the client to wait
//
//	[[rule]]
//	kind = "skew"                       # the server's clock is wrong, all the time
//	skew = "-90s"
package faultscript
