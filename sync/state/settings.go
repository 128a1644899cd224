package state

import (
	"context"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// Book is what an office has written down about itself: its connections,
// people and rules, what it has approved, and how its sign-ins went. No
// secret is ever in it. Every method is one atomic, durable transaction.
type Book interface {
	Settings(ctx context.Context) (Settings, error) // zero Settings: not set up yet
	SaveSettings(ctx context.Context, s Settings) error
	People(ctx context.Context) ([]Person, error) // by address
	// SavePeople adds people and replaces those it has under the same ID.
	SavePeople(ctx context.Context, ps []Person) error
	Approvals
	SignIns
	Pulses
	Pauses
}

// Settings is one office.
type Settings struct {
	// Office is our name in stamps, made once and kept for ever.
	Office string
	// OfficeName is what a person calls the office in marks; empty: Office is
	// made of the business account.
	OfficeName string
	// Zone is the IANA zone of the office, for people who have none of their own.
	Zone        string
	Connections [2]Connection
	Rules       Rules
	// RulesMark changes with the rules that decide what is written.
	RulesMark string
	// ShowSubjects: those of all people may be on the screen; else only Me's.
	ShowSubjects bool
	Me           string // lower-case address
	// Aliases are other addresses of people, lower case, by mailbox address.
	Aliases map[string]string
	// EveryoneWhoMatches: people found on both sides are added without asking.
	EveryoneWhoMatches bool
	// Guests: an activity of somebody who is switched on also reaches the
	// mailboxes of its other people, who are not.
	Guests bool
	// Network is how the servers are reached.
	Network Network
	// Updates is whether a newer version is looked for.
	Updates Updates
	// PolicyMark changes with the rules that the organisation's policies fix.
	PolicyMark string
}

// Network is how the servers are reached.
type Network struct {
	// Proxy is "system" (also when empty), "none" or the address of a proxy.
	Proxy     string   `json:",omitempty"`
	ProxyUser string   `json:",omitempty"` // shown to that proxy, with the secret of that name
	NoProxy   []string `json:",omitempty"` // hosts, domains and networks that are reached directly
}

// Updates is whether, and where, a newer version is looked for.
type Updates struct {
	Check bool
	URL   string
}

// Connection is one system and the account we use on it.
type Connection struct {
	System  string // "severa", "exchange"
	URL     string
	Account string // delegate user, or client id
	Domain  string // NetBIOS or DNS domain of the account, where there is one
	Auth    string // "ntlm", "basic"; empty: the system's default
	Access  string // "impersonation", "delegate"; empty: impersonation
	Version string // server generation; empty: find out
	CAFile  string // PEM file of a private certificate authority
	// PinSHA256 is the fingerprint of the one certificate that is trusted
	// although no authority vouches for it: 64 hex digits.
	PinSHA256 string
	LegacyTLS bool // TLS 1.0 and its old ciphers, for servers that know nothing newer
	Plain     bool // sign in over http to another machine
	// Group is the group of the directory that the account's right ends at;
	// empty: it ends at the people who are switched on.
	Group string `json:",omitempty"`
	// OABURL is where the offline address book is. Nothing is read from it.
	OABURL string `json:",omitempty"`
}

// Rules are the office's choices.
type Rules struct {
	Winner    plan.Winner
	Direction plan.Direction
	Deleted   plan.AfterDelete
	Types     []string // ids of the business types that go out; nil: all
	// TypeNames are the words that a person used for those ids.
	TypeNames map[string]string `json:",omitempty"`
	// DaysBack is how far back entries are kept in step; nil means 30.
	DaysBack  *int
	DaysAhead int // and how far ahead; 0 means 180
	Every     time.Duration
	// Promise is how old a person's last complete run may become before he
	// counts as not looked after; 0 means 15 minutes.
	Promise time.Duration
	Limits  plan.Limits
	// Fields narrows the direction of single fields.
	Fields map[event.FieldSet]plan.Direction
	// In keeps Exchange entries out of the business system.
	In plan.Filter
	// Private is, by the side that an entry is on, what the other gets of it.
	Private [2]plan.Privacy
	// Requests: people outside the office are mailed about changes to the
	// meetings that they were called to.
	Requests bool `json:",omitempty"`
}

// OwnRules are what a person has apart from the office. The zero value is
// nothing.
type OwnRules struct {
	HasDirection bool
	Direction    plan.Direction
}

// Person is someone (or a resource) whose calendar is kept in step.
type Person struct {
	ID   event.PersonID
	Name string
	Zone string // IANA; empty: the office's
	// Addresses are the lower-case e-mail addresses by which he is paired.
	Addresses [2]string
	// Accounts are his identity on each side: a user id, a mailbox address.
	Accounts [2]string
	Enabled  bool
	// OptedOut: he does not want to be kept in step, whatever the office wants.
	OptedOut bool
	// Guest: nobody has ever switched him on or off. Where the office has
	// guests, he is given copies of the activities that he shares with those who
	// are switched on, and nothing else of him is read.
	Guest bool
	// Resource is the id of the room, car or other thing of the business system
	// that a mailbox was paired with by hand; empty: it is a person.
	Resource string `json:",omitempty"`
	// Withdraw: a resource's mailbox is given up, and what was written into it is
	// being taken out again.
	Withdraw bool `json:",omitempty"`
	// Newcomer: he was a guest before he was switched on, and his first sync,
	// for which what a guest is given does not count, is still to come.
	Newcomer bool
	Own      OwnRules
	// Review: a rule was changed since he was last brought in step; until what
	// that rewrites has been approved, nothing is written on a standing approval.
	Review bool
	// SwitchedBy and SwitchedAt tell who last switched him on or off, and when.
	SwitchedBy string
	SwitchedAt time.Time
}

// Switched is p switched on or off by somebody. A guest is none any more.
func (p Person) Switched(on bool, by string, at time.Time) Person {
	if p.Guest && on {
		p.Newcomer, p.Review = true, true
	}
	p.Guest, p.Withdraw, p.Enabled, p.SwitchedBy, p.SwitchedAt = false, false, on, by, at
	return p
}

// Approvals keeps what a person has seen and may approve: a set of action
// hashes under the digest of the preview that showed them.
type Approvals interface {
	SavePreview(ctx context.Context, digest string, hashes map[event.PersonID][]string, at time.Time) error
	// Preview is ErrUnknownPreview for a digest that was never shown or is too old.
	Preview(ctx context.Context, digest string) (map[event.PersonID][]string, error)
}

// SignIns counts failed sign-ins per account against the version of the
// secret they were made with, over restarts: two, and then nobody tries again
// before the secret has changed.
type SignIns interface {
	FailedSignIns(ctx context.Context, account, secret string) (int, error)
	AddFailedSignIn(ctx context.Context, account, secret string, at time.Time) error
	ClearFailedSignIns(ctx context.Context, account string) error
}

// Pulse is when a person was last brought in step, and what stood in the way
// since.
type Pulse struct {
	Person event.PersonID
	// Complete is the end of the last run that left nothing undone.
	Complete time.Time
	// Tried is the end of the last run; Failed and Halt are what it said.
	Tried   time.Time
	Failed  string
	Halt    *plan.Reason
	Waiting int
	Linked  int
	// Skew is how far each server's clock was ahead of ours.
	Skew [2]time.Duration
	// Came is, by side, when a change that was made there was last written to the
	// other; zero: never.
	Came [2]time.Time
	// Foreign counts entries that bear the marks of other programs, by name.
	Foreign map[string]int
	// Lease is how the person's lease stood at the last run.
	Lease Lease
	// Problems are entries left alone because they cannot be read or written.
	Problems []Problem
}

// Lease is which installation may write for a person.
type Lease struct {
	State  string    `json:"state"` // free, held, standby, unprotected
	Holder string    `json:"holder,omitempty"`
	Until  time.Time `json:"until,omitzero"`
}

// Pauses keeps until when a person of the office wants nothing to be done.
type Pauses interface {
	PausedUntil(ctx context.Context) (time.Time, error) // zero: not paused
	SavePause(ctx context.Context, until time.Time) error
}

// Pulses keeps the last Pulse of each person.
type Pulses interface {
	Pulses(ctx context.Context) ([]Pulse, error)
	SavePulse(ctx context.Context, p Pulse) error
}
