package faultscript

import (
	"fmt"
	"strings"
)

// Kind is the way in which a call goes wrong.
type Kind int

// The kinds. What each looks like on the wire is the simulator's business; the
// promise about what the server has done by then is made here.
const (
	// None is the zero value; a rule with it never fires.
	None Kind = iota
	// Throttle refuses the call because of too many calls; nothing was done.
	Throttle
	// Unavailable refuses the call with 503 or its like; nothing was done.
	Unavailable
	// DropBefore cuts the connection before anything was done.
	DropBefore
	// DropAfter does the work, then cuts the connection instead of answering.
	DropAfter
	// Unauthorized refuses the caller's credentials; nothing was done.
	Unauthorized
	// Malformed does the work and answers with something that cannot be parsed
	// or that breaks the protocol's own rules.
	Malformed
	// Truncated does the work and sends only the first part of the answer.
	Truncated
	// Slow does the work and answers properly, after Delay.
	Slow
	// Skew makes the server's clock wrong by Rule.Skew; it concerns no single call.
	Skew
	// ExpiredCursor refuses the cursor, sync state or page token that the caller sent.
	ExpiredCursor
	// EmptyPage answers a listing with success and nothing in it.
	EmptyPage
)

var kindNames = [...]string{
	None:          "none",
	Throttle:      "throttle",
	Unavailable:   "unavailable",
	DropBefore:    "drop_before",
	DropAfter:     "drop_after",
	Unauthorized:  "unauthorized",
	Malformed:     "malformed",
	Truncated:     "truncated",
	Slow:          "slow",
	Skew:          "skew",
	ExpiredCursor: "expired_cursor",
	EmptyPage:     "empty_page",
}

// String returns the name that a script uses, such as "drop_after".
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// UnmarshalText reads a name. Case, "-" and "_" do not matter, so that
// "DropAfter", "drop-after" and "drop_after" are the same.
func (k *Kind) UnmarshalText(text []byte) error {
	want := plain(string(text))
	for i, name := range kindNames {
		if Kind(i) != None && plain(name) == want {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("unknown kind %q (one of %s)", text, strings.Join(kindNames[1:], ", "))
}

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) {
	return []byte(k.String()), nil
}

func plain(s string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(s)))
}
