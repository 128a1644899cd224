package localapi

import (
	"context"
	"net/http"
	"time"
)

// Demonstration is the part of an Agent that a demo office is played with: what
// is in both systems, as their own users see it, and what they do to it.
// Outside a demo its changes are an error of CodeNoDemo.
type Demonstration interface {
	Demo(ctx context.Context, q DemoRequest) (DemoState, error)
	// DemoEdit does what a user of one of the two systems does. Severa tells
	// nobody of a deletion: it is noticed by the next Sync that is Full, or within
	// ten minutes.
	DemoEdit(ctx context.Context, q DemoEdit) error
	// DemoFault lets something go wrong, or ends that.
	DemoFault(ctx context.Context, q DemoFault) error
}

// DemoRequest asks for one person's week.
type DemoRequest struct {
	Person string `json:"person,omitempty"` // address; empty: the first one
	// Week is a moment in the week asked for; zero: now.
	Week time.Time `json:"week,omitzero"`
}

// DemoState is both calendars of one person for a week.
type DemoState struct {
	Present bool         `json:"present"` // this is a demo
	People  []DemoPerson `json:"people,omitempty"`
	Person  string       `json:"person,omitempty"` // whose week it is
	From    time.Time    `json:"from,omitzero"`    // Monday, midnight in his zone
	To      time.Time    `json:"to,omitzero"`      // the Monday after
	Entries []DemoEntry  `json:"entries,omitempty"`
	// Faults are those that are switched on.
	Faults map[string]bool `json:"faults,omitempty"`
	// Password is the one that the Exchange account has now. It is a made-up
	// server's, shown so that it can be typed.
	Password string `json:"password,omitempty"`
}

// DemoPerson works at the demo office.
type DemoPerson struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Zone    string `json:"zone"`
}

// DemoEntry is an entry as one of the two systems has it.
type DemoEntry struct {
	Side     string    `json:"side"` // business, exchange
	ID       string    `json:"id"`
	Subject  string    `json:"subject"`
	Location string    `json:"location,omitempty"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	AllDay   bool      `json:"all_day,omitempty"`
	Private  bool      `json:"private,omitempty"`
	Series   bool      `json:"series,omitempty"`
	// Fixed: it cannot be moved or deleted here.
	Fixed bool `json:"fixed,omitempty"`
}

// What a DemoEdit does.
const (
	DemoAdd    = "add"
	DemoMove   = "move"
	DemoDelete = "delete"
)

// DemoEdit is what a user does to an entry.
type DemoEdit struct {
	Do      string    `json:"do"`
	Side    string    `json:"side"`
	Person  string    `json:"person"`       // address
	ID      string    `json:"id,omitempty"` // to move or delete
	Subject string    `json:"subject,omitempty"`
	Start   time.Time `json:"start,omitzero"`
	End     time.Time `json:"end,omitzero"`
}

// What can go wrong in a demo.
const (
	FaultThrottle      = "throttle"       // both servers ask to wait
	FaultOffline       = "offline"        // no answer comes from either
	FaultWrongPassword = "wrong_password" // the password of the Exchange account was changed
)

// DemoFault switches a fault on or off.
type DemoFault struct {
	Fault string `json:"fault"`
	On    bool   `json:"on"`
}

// Demo is one person's week in both systems.
func (c *Client) Demo(ctx context.Context, q DemoRequest) (DemoState, error) {
	return call[DemoState](ctx, c, http.MethodPost, "/v1/demo", q)
}

// DemoEdit does what a user of one of the two systems does.
func (c *Client) DemoEdit(ctx context.Context, q DemoEdit) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/demo/edit", q)
	return err
}

// DemoFault lets something go wrong, or ends that.
func (c *Client) DemoFault(ctx context.Context, q DemoFault) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/demo/fault", q)
	return err
}

// NoDemo is the Demonstration of an office that people work at.
type NoDemo struct{}

var _ Demonstration = NoDemo{}

// Demo tells that there is none.
func (NoDemo) Demo(context.Context, DemoRequest) (DemoState, error) { return DemoState{}, nil }

// DemoEdit is refused.
func (NoDemo) DemoEdit(context.Context, DemoEdit) error { return errNoDemo() }

// DemoFault is refused.
func (NoDemo) DemoFault(context.Context, DemoFault) error { return errNoDemo() }

func errNoDemo() error { return &Error{Code: CodeNoDemo, Message: "this is no demo office"} }

// demoRoutes are the calls of a Demonstration.
func demoRoutes(handle func(pattern string, do func(r *http.Request) (any, error)), a Demonstration) {
	handle("POST /v1/demo", with(a.Demo))
	handle("POST /v1/demo/edit", with(func(ctx context.Context, q DemoEdit) (struct{}, error) { return struct{}{}, a.DemoEdit(ctx, q) }))
	handle("POST /v1/demo/fault", with(func(ctx context.Context, q DemoFault) (struct{}, error) { return struct{}{}, a.DemoFault(ctx, q) }))
}
