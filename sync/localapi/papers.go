package localapi

import (
	"context"
	"strings"
	"time"

	"lockstep/sync/doctor"
)

// Papers are what an office hands out, to who administers its servers and to
// who helps it, and what a server has written down itself.
type Papers interface {
	// Script writes what an Exchange administrator runs. What the request leaves
	// out is taken from the office's settings.
	Script(ctx context.Context, q ScriptRequest) (Script, error)
	// Handover is the whole setup, for who administers the servers.
	Handover(ctx context.Context) (Handover, error)
	// Diagnostics packs what helps to find out what is wrong. Nothing is sent anywhere.
	Diagnostics(ctx context.Context, q DiagnosticsRequest) (Diagnostics, error)
	// AddressBooks lists what an offline address book of Exchange holds.
	AddressBooks(ctx context.Context, q AddressBooksRequest) ([]AddressBook, error)
}

// ScriptRequest asks for a script. Of Group, OU, People and Everybody one says
// whose mailboxes are meant; none: the group that the settings name, or the
// people who are switched on.
type ScriptRequest struct {
	// Kind is "impersonation", "delegate", "application" or "throttling".
	Kind string `json:"kind,omitempty"`
	// Version is the server's generation: "2007", "2010", "2013", "2016", "2019",
	// "se", or "365" for Microsoft 365.
	Version string `json:"version,omitempty"`
	// Name is how everything is called that the script makes; empty: Lockstep.
	Name      string   `json:"name,omitempty"`
	Account   string   `json:"account,omitempty"` // DOMAIN\user
	Group     string   `json:"group,omitempty"`
	OU        string   `json:"ou,omitempty"`
	People    []string `json:"people,omitempty"`
	Everybody bool     `json:"everybody,omitempty"`
	// AppID and ObjectID name the application in Microsoft 365.
	AppID    string `json:"app_id,omitempty"`
	ObjectID string `json:"object_id,omitempty"`
}

// Script is PowerShell for an administrator, with \n line ends: Text whole,
// Check and Undo the lines that only check and that take everything back, each
// to be run by itself.
type Script struct {
	Kind  string `json:"kind"`
	File  string `json:"file"` // how the file is called
	Title string `json:"title"`
	About string `json:"about"`
	Text  string `json:"text"`
	Check string `json:"check"`
	Undo  string `json:"undo"`
}

// Encoded is the script as a file: with a byte order mark, without which
// Windows PowerShell 5 takes an å for two other letters, and with the line ends
// of Windows.
func (s Script) Encoded() []byte {
	return append([]byte("\uFEFF"), strings.ReplaceAll(s.Text, "\n", "\r\n")...)
}

// Handover is what an administrator needs to know of an office: what is
// connected to what by which right, for whom, and how all of it is taken back.
// No secret is in it.
type Handover struct {
	Made     time.Time      `json:"made"`
	Version  string         `json:"version"` // of Lockstep
	PC       string         `json:"pc"`
	Home     string         `json:"home"`
	Zone     string         `json:"zone"`
	Exchange HandoverSystem `json:"exchange"`
	Business HandoverSystem `json:"business"`
	People   []Person       `json:"people"`
	Rules    HandoverRules  `json:"rules"`
	// Rights and Room are the scripts for the account's rights and for its
	// throttling policy; nil where the server's version is not known or has none.
	Rights *Script `json:"rights,omitempty"`
	Room   *Script `json:"room,omitempty"`
	// Examined is when the doctor last looked.
	Examined time.Time `json:"examined,omitzero"`
	// Draft: nothing has taken effect yet; this is what has been filled in so far.
	Draft bool `json:"draft,omitempty"`
}

// HandoverSystem is one connection.
type HandoverSystem struct {
	System  string `json:"system"`
	URL     string `json:"url"`
	Account string `json:"account"` // user, or client id
	// Auth, Access and Version are the settings' words; empty: the default.
	Auth    string `json:"auth,omitempty"`
	Access  string `json:"access,omitempty"`
	Version string `json:"version,omitempty"`
	// Product and Build are what the server says of itself.
	Product   string `json:"product,omitempty"`
	Build     string `json:"build,omitempty"`
	Scopes    string `json:"scopes,omitempty"`
	PinSHA256 string `json:"pin_sha256,omitempty"`
	CAFile    string `json:"ca_file,omitempty"`
	// Route is how the doctor got there, and who has chosen that way.
	Route string `json:"route,omitempty"`
	// Group is the group that the account's right ends at, and OABURL where the
	// offline address book is, where the settings say.
	Group  string `json:"group,omitempty"`
	OABURL string `json:"oab_url,omitempty"`
	// Tested is when somebody last tested this connection while it was set up,
	// TestOK whether signing in worked, and TestedWith whose calendar was tried.
	Tested       time.Time `json:"tested,omitzero"`
	TestOK       bool      `json:"test_ok,omitempty"`
	TestedWith   string    `json:"tested_with,omitempty"`
	TestedWithOK bool      `json:"tested_with_ok,omitempty"`
	LegacyTLS    bool      `json:"legacy_tls,omitempty"`
	Plain        bool      `json:"plain,omitempty"`
	// Certificate is the one that the server showed to the doctor.
	Certificate *doctor.Certificate `json:"certificate,omitempty"`
}

// HandoverRules are the rules that an administrator asks about, in the words of
// office.toml.
type HandoverRules struct {
	Direction    string `json:"direction"`
	Winner       string `json:"winner"`
	Deleted      string `json:"deleted"`
	DaysBack     int    `json:"days_back"`
	DaysAhead    int    `json:"days_ahead"`
	EverySeconds int    `json:"every_seconds"`
	Types        int    `json:"types,omitempty"` // activity types that go out; 0: all
	// ToBusiness and ToExchange are what the other side gets of private entries.
	ToBusiness string `json:"private_to_business"`
	ToExchange string `json:"private_to_exchange"`
	Filtered   bool   `json:"filtered,omitempty"`
	Everyone   bool   `json:"everyone,omitempty"`
	Guests     bool   `json:"guests,omitempty"`
	// Requests: people outside the office are mailed about changes to meetings.
	Requests bool `json:"send_meeting_requests,omitempty"`
}

// DiagnosticsRequest asks for diagnostics. Subjects: those of entries that were
// written lately stand in it as they are, of people whose subjects may be
// shown; else everybody's are hashes.
type DiagnosticsRequest struct {
	Subjects bool `json:"subjects,omitempty"`
}

// Diagnostics is a packed bundle and what is in it.
type Diagnostics struct {
	Files []DiagnosticsFile `json:"files"`
	Zip   []byte            `json:"zip"`
}

// DiagnosticsFile is one file of a bundle.
type DiagnosticsFile struct {
	Name  string `json:"name"`
	Size  int    `json:"size"`
	About string `json:"about"`
}
