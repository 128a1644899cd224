package localapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"lockstep/sync/doctor"
)

// Setter is the part of an Agent that an office is set up by.
type Setter interface {
	// Setup is how the office is set up, or what has been filled in of it so far.
	Setup(ctx context.Context) (Setup, error)
	// CheckSetup tells what is wrong in a part of a draft, and may keep the draft
	// for later. Nobody is asked and nothing takes effect.
	CheckSetup(ctx context.Context, q CheckRequest) (Checked, error)
	// SaveSetup makes a draft take effect as a whole. If anything in it is wrong
	// the error is of CodeField, names each field, and nothing has changed.
	SaveSetup(ctx context.Context, d Draft) (Setup, error)
	// DropSetup forgets a draft that was kept.
	DropSetup(ctx context.Context) error
	// SetSecret keeps what a connection signs in with; whoever waited for it is
	// brought in step at once.
	SetSecret(ctx context.Context, q SecretRequest) error
	// TestConnection signs in as a draft says, without saving it. What a server
	// refuses is in the result.
	TestConnection(ctx context.Context, q TestRequest) (TestResult, error)
	// FindServer looks for the Exchange server of an address.
	FindServer(ctx context.Context, q FindServerRequest) (FoundServer, error)
	// Matches lists the people of both systems in pairs.
	Matches(ctx context.Context) ([]Match, error)
	// Resources lists the rooms, cars and other things that take part in activities.
	Resources(ctx context.Context) ([]Resource, error)
	// PairResource gives one the mailbox that shows when it is taken.
	PairResource(ctx context.Context, q PairResourceRequest) (Person, error)
	// UnpairResource ends that.
	UnpairResource(ctx context.Context, q UnpairResourceRequest) (Person, error)
}

// The two connections, by the names that their sections and secrets have.
const (
	SystemExchange = "exchange"
	SystemSevera   = "severa"
	// SystemProxy names the password that is shown to a proxy.
	SystemProxy = "proxy"
)

// Setup is how an office is set up.
type Setup struct {
	Draft Draft `json:"draft"`
	// SetUp: the office has connections and can be brought in step.
	SetUp bool `json:"set_up"`
	// Kept: the draft is one that was kept and has not taken effect; Page is where
	// whoever filled it in had got to.
	Kept bool   `json:"kept,omitempty"`
	Page string `json:"page,omitempty"`
	// Secrets tells for each system whether its secret is there.
	Secrets map[string]bool `json:"secrets"`
	// SecretsIn is where secrets are kept, in words.
	SecretsIn string `json:"secrets_in"`
	// Locked says for keys that cannot be changed here who has fixed them.
	Locked map[string]string `json:"locked,omitempty"`
}

// CheckRequest asks what is wrong in a draft.
type CheckRequest struct {
	Draft Draft `json:"draft"`
	// Keys are the sections or fields to look at; none: all.
	Keys []string `json:"keys,omitempty"`
	// Keep notes the draft down as it is, with the page that it was filled in on.
	Keep bool   `json:"keep,omitempty"`
	Page string `json:"page,omitempty"`
}

// Checked is what is wrong in a draft; nothing where Problems is empty.
type Checked struct {
	Problems []FieldProblem `json:"problems"`
}

// FieldProblem is one thing that is wrong in a draft. It never quotes a value,
// which may be a password in the wrong place.
type FieldProblem struct {
	Key string `json:"key"` // dotted, as in the file
	// Row is which of several persons is meant, from 1; 0 where there is one of the key.
	Row  int       `json:"row,omitempty"`
	Code FieldCode `json:"code"`
	// Say is what is wrong, and what is expected, in the words of the file.
	Say string `json:"say"`
}

// FieldCode is what kind of trouble a FieldProblem is, for a form that has
// words of its own.
type FieldCode string

// The field codes.
const (
	FieldMissing FieldCode = "missing"   // must be filled in
	FieldZone    FieldCode = "zone"      // there is no such time zone
	FieldURL     FieldCode = "url"       // no https address
	FieldUserIn  FieldCode = "user_in"   // the address holds a user or a password
	FieldPlain   FieldCode = "plain"     // http would show the secret
	FieldFile    FieldCode = "file"      // the file cannot be read
	FieldPEM     FieldCode = "pem"       // the file holds no certificate
	FieldPin     FieldCode = "pin"       // no fingerprint
	FieldWord    FieldCode = "word"      // none of the words that are known
	FieldNumber  FieldCode = "number"    // outside its bounds
	FieldTime    FieldCode = "time"      // no length of time, or outside its bounds
	FieldAddress FieldCode = "address"   // no e-mail address
	FieldTwice   FieldCode = "twice"     // somebody is named twice
	FieldNobody  FieldCode = "nobody"    // nobody is named
	FieldLocked  FieldCode = "locked"    // the organisation has fixed it
	FieldInvalid FieldCode = "not_valid" // see Say
)

// Secret is a secret on its way to where it is kept. It refuses to be printed.
type Secret string

const redacted = "REDACTED"

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// String hides the secret from fmt.
func (Secret) String() string { return redacted }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return redacted }

// SecretRequest is a secret and whose it is.
type SecretRequest struct {
	System string `json:"system"`
	Secret Secret `json:"secret"`
}

// TestRequest asks to sign in to one system.
type TestRequest struct {
	Draft  Draft  `json:"draft"`
	System string `json:"system"`
	// Secret is tried in the place of the one that is kept; it is not kept.
	Secret Secret `json:"secret,omitempty"`
	// Mailbox is an address whose calendar is tried in Exchange; empty: none.
	Mailbox string `json:"mailbox,omitempty"`
}

// TestResult is what came of a sign-in.
type TestResult struct {
	OK           bool          `json:"ok"`
	Milliseconds int64         `json:"milliseconds"`
	Version      string        `json:"version,omitempty"`      // Exchange's, such as 15.1.2507
	Generation   string        `json:"generation,omitempty"`   // as DraftExchange.Version has it
	Organisation string        `json:"organisation,omitempty"` // Severa's, where we may know its name
	Types        []Activity    `json:"types,omitempty"`        // Severa's activity types
	Certificate  *Certificate  `json:"certificate,omitempty"`  // the server's, where it showed one
	Mailbox      *MailboxProbe `json:"mailbox,omitempty"`
	Trouble      *Trouble      `json:"trouble,omitempty"`
	// Tries is how often this secret may still be tried, where it was refused.
	Tries int `json:"tries,omitempty"`
}

// Activity is an activity type of Severa.
type Activity struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Category string `json:"category"` // calendar, todo, project_task, personal, absence
	Default  bool   `json:"default,omitempty"`
	Active   bool   `json:"active"`
}

// Certificate is a server's own certificate.
type Certificate struct {
	Subject           string    `json:"issued_to"`
	Issuer            string    `json:"issuer"`
	NotBefore         time.Time `json:"not_before"`
	NotAfter          time.Time `json:"not_after"`
	FingerprintSHA256 string    `json:"fingerprint_sha256"`
	// Trusted: this machine, the authority or the fingerprint of the draft vouches for it.
	Trusted bool `json:"trusted"`
	// Why is what speaks against it, one of the constants below.
	Why string `json:"why,omitempty"`
}

// What can speak against a certificate.
const (
	CertificateUnknown = "unknown_authority" // nobody whom this machine knows vouches for it
	CertificateName    = "other_name"        // it is another server's
	CertificateDates   = "dates"             // it has run out, or is not valid yet
	CertificateOther   = "other_fingerprint" // it is not the one that was pinned
	CertificateInvalid = "invalid"
)

// ObjectionOf is what speaks against a certificate, by what the doctor found.
func ObjectionOf(c doctor.Cause) string {
	why, known := map[doctor.Cause]string{
		doctor.CauseUntrusted: CertificateUnknown, doctor.CauseSelfSigned: CertificateUnknown,
		doctor.CauseIncomplete: CertificateUnknown, doctor.CauseInspected: CertificateUnknown,
		doctor.CauseWrongName: CertificateName, doctor.CauseExpired: CertificateDates,
		doctor.CauseNotYetValid: CertificateDates, doctor.CauseChanged: CertificateOther,
	}[c]
	if !known {
		return CertificateInvalid
	}
	return why
}

// MailboxProbe is whether our account may act for a mailbox.
type MailboxProbe struct {
	Address string   `json:"address"`
	OK      bool     `json:"ok"`
	Trouble *Trouble `json:"trouble,omitempty"`
}

// MatchState is how somebody stands in both systems.
type MatchState string

// The match states.
const (
	MatchBoth     MatchState = "matched"
	MatchSevera   MatchState = "only_severa"   // no mailbox has his address
	MatchExchange MatchState = "only_exchange" // no active user of Severa has his address
	MatchOptedOut MatchState = "opted_out"     // wants to be left out
	MatchOther    MatchState = "other_tool"    // another program keeps his calendar in step already
	MatchUnsure   MatchState = "unsure"        // his mailbox could not be asked for
	MatchNowhere  MatchState = "nowhere"       // the office knows him, and neither system does
)

// Match is one person as both systems know him.
type Match struct {
	Name string `json:"name"`
	// Addresses are by side; empty where he is not found.
	Addresses map[string]string `json:"addresses"`
	State     MatchState        `json:"state"`
	Enabled   bool              `json:"enabled"`
	// Known: the office knows him already, switched on or not.
	Known bool `json:"known,omitempty"`
	// Tools are the other programs whose marks his entries bear.
	Tools []string `json:"tools,omitempty"`
}

// Setup is how the office is set up.
func (c *Client) Setup(ctx context.Context) (Setup, error) {
	return call[Setup](ctx, c, http.MethodGet, "/v1/setup", nil)
}

// CheckSetup tells what is wrong in a part of a draft.
func (c *Client) CheckSetup(ctx context.Context, q CheckRequest) (Checked, error) {
	return call[Checked](ctx, c, http.MethodPost, "/v1/setup/check", q)
}

// SaveSetup makes a draft take effect.
func (c *Client) SaveSetup(ctx context.Context, d Draft) (Setup, error) {
	return call[Setup](ctx, c, http.MethodPost, "/v1/setup", d)
}

// DropSetup forgets a draft that was kept.
func (c *Client) DropSetup(ctx context.Context) error {
	_, err := call[struct{}](ctx, c, http.MethodDelete, "/v1/setup/draft", nil)
	return err
}

// SetSecret keeps what a connection signs in with.
func (c *Client) SetSecret(ctx context.Context, q SecretRequest) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/secret", q)
	return err
}

// TestConnection signs in as a draft says.
func (c *Client) TestConnection(ctx context.Context, q TestRequest) (TestResult, error) {
	return call[TestResult](ctx, c, http.MethodPost, "/v1/setup/test", q)
}

// Matches lists the people of both systems in pairs.
func (c *Client) Matches(ctx context.Context) ([]Match, error) {
	return call[[]Match](ctx, c, http.MethodGet, "/v1/matches", nil)
}

// setupRoutes are the calls of a Setter.
func setupRoutes(handle func(pattern string, do func(r *http.Request) (any, error)), a Setter) {
	handle("GET /v1/setup", func(r *http.Request) (any, error) { return a.Setup(r.Context()) })
	handle("POST /v1/setup", with(a.SaveSetup))
	handle("POST /v1/setup/check", with(a.CheckSetup))
	handle("POST /v1/setup/test", with(a.TestConnection))
	handle("POST /v1/setup/find", with(a.FindServer))
	handle("DELETE /v1/setup/draft", func(r *http.Request) (any, error) { return struct{}{}, a.DropSetup(r.Context()) })
	handle("POST /v1/secret", with(func(ctx context.Context, q SecretRequest) (struct{}, error) {
		return struct{}{}, a.SetSecret(ctx, q)
	}))
	handle("GET /v1/resources", func(r *http.Request) (any, error) { return a.Resources(r.Context()) })
	handle("POST /v1/resources", with(a.PairResource))
	handle("POST /v1/resources/unpair", with(a.UnpairResource))
	handle("GET /v1/matches", func(r *http.Request) (any, error) { return a.Matches(r.Context()) })
}
