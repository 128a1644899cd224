package localapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lockstep/sync/office"
)

// ErrNoAgent says that no agent holds this home folder.
var ErrNoAgent = errors.New("no agent is running")

// Client is an Agent that runs in another process of the same user.
type Client struct {
	http *http.Client
}

var (
	_ Agent   = (*Client)(nil)
	_ Quitter = (*Client)(nil)
)

// answerWithin is how long an agent may take to answer at first: one that hangs
// must not make every program hang that asks for it.
const answerWithin = 10 * time.Second

// Dial makes a Client for the agent at an address (see Address). It is
// ErrNoAgent when nobody answers there who looks after an office: a closed one
// (see Reach) is none.
func Dial(ctx context.Context, address string) (*Client, error) {
	c := newClient(address)
	if err := c.greet(ctx); err != nil {
		if e, ok := errors.AsType[*Error](err); ok && e.Code != CodeClosed {
			return c, nil
		}
		return nil, fmt.Errorf("%w: %w", ErrNoAgent, err)
	}
	return c, nil
}

func newClient(address string) *Client {
	return clientOver(func(ctx context.Context) (net.Conn, error) { return dial(ctx, address) })
}

func clientOver(dial func(context.Context) (net.Conn, error)) *Client {
	return &Client{http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
	}}}
}

// greet asks for something that is answered at once.
func (c *Client) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	_, err := c.Status(ctx, 0)
	return err
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Status long-polls: it may return the same Seq when nothing changed for a while.
func (c *Client) Status(ctx context.Context, after uint64) (office.Status, error) {
	return call[office.Status](ctx, c, http.MethodGet, "/v1/status?after="+strconv.FormatUint(after, 10), nil)
}

// Preview plans for the people asked for.
func (c *Client) Preview(ctx context.Context, q PreviewRequest) (Preview, error) {
	return call[Preview](ctx, c, http.MethodPost, "/v1/preview", q)
}

// LastPreview is the last preview of everybody that nobody has acted upon.
func (c *Client) LastPreview(ctx context.Context) (Preview, error) {
	return call[Preview](ctx, c, http.MethodGet, "/v1/preview/last", nil)
}

// LeaveOut keeps which rows of it shall not be done yet.
func (c *Client) LeaveOut(ctx context.Context, rows map[string][]string) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/preview/except", exceptRequest{Rows: rows})
	return err
}

// Detail is all that is known of one row of it.
func (c *Client) Detail(ctx context.Context, q DetailRequest) (Detail, error) {
	return call[Detail](ctx, c, http.MethodPost, "/v1/preview/detail", q)
}

// Stop ends the runs that were asked for, once the action in hand is finished.
func (c *Client) Stop(ctx context.Context) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/stop", nil)
	return err
}

// Sync brings the people asked for in step once.
func (c *Client) Sync(ctx context.Context, q SyncRequest) (Summary, error) {
	return call[Summary](ctx, c, http.MethodPost, "/v1/sync", q)
}

// People lists everybody.
func (c *Client) People(ctx context.Context) ([]Person, error) {
	return call[[]Person](ctx, c, http.MethodGet, "/v1/people", nil)
}

// Switch turns a person on or off.
func (c *Client) Switch(ctx context.Context, address string, on bool, by string) (Person, error) {
	return call[Person](ctx, c, http.MethodPost, "/v1/people", switchRequest{Address: address, On: on, By: by})
}

// OptOut notes whether a person wants to be left out.
func (c *Client) OptOut(ctx context.Context, address string, out bool, by string) (Person, error) {
	return call[Person](ctx, c, http.MethodPost, "/v1/people/optout", switchRequest{Address: address, On: out, By: by})
}

// TakeOver makes the agent's installation the one that writes.
func (c *Client) TakeOver(ctx context.Context, who []string) ([]Person, error) {
	return call[[]Person](ctx, c, http.MethodPost, "/v1/takeover", takeOverRequest{Who: who})
}

// Pause stops pulling until a moment.
func (c *Client) Pause(ctx context.Context, until time.Time) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/pause", pauseRequest{Until: until})
	return err
}

// Quit asks the agent's program to end.
func (c *Client) Quit(ctx context.Context) error {
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/quit", nil)
	return err
}

// Runs lists past runs, newest first.
func (c *Client) Runs(ctx context.Context, limit int) ([]Run, error) {
	return call[[]Run](ctx, c, http.MethodGet, "/v1/runs?limit="+url.QueryEscape(strconv.Itoa(limit)), nil)
}

// Changes lists what one run did.
func (c *Client) Changes(ctx context.Context, run int64) ([]Change, error) {
	return call[[]Change](ctx, c, http.MethodGet, fmt.Sprintf("/v1/runs/%d/changes", run), nil)
}

// PreviewUndo shows what an undo would do.
func (c *Client) PreviewUndo(ctx context.Context, q UndoRequest) (Undo, error) {
	return call[Undo](ctx, c, http.MethodPost, "/v1/undo/preview", q)
}

// Undo gives back what a run has changed.
func (c *Client) Undo(ctx context.Context, q UndoRequest) (Undo, error) {
	return call[Undo](ctx, c, http.MethodPost, "/v1/undo", q)
}

// Decisions lists what waits for a person's word.
func (c *Client) Decisions(ctx context.Context, q DecisionsRequest) ([]Question, error) {
	return call[[]Question](ctx, c, http.MethodPost, "/v1/decisions", q)
}

// Resolve answers a decision.
func (c *Client) Resolve(ctx context.Context, q ResolveRequest) (Resolved, error) {
	return call[Resolved](ctx, c, http.MethodPost, "/v1/resolve", q)
}

// Resume lets through once what a safety stop withholds.
func (c *Client) Resume(ctx context.Context, q ResumeRequest) (Summary, error) {
	return call[Summary](ctx, c, http.MethodPost, "/v1/resume", q)
}

// Keep leaves as it is what a safety stop is about.
func (c *Client) Keep(ctx context.Context, q KeepRequest) (Kept, error) {
	return call[Kept](ctx, c, http.MethodPost, "/v1/keep", q)
}

// Doctor begins an examination, or follows the one there is. It may answer with
// the same Seq when nothing changed for a while.
func (c *Client) Doctor(ctx context.Context, q DoctorRequest) (DoctorReport, error) {
	return call[DoctorReport](ctx, c, http.MethodPost, "/v1/doctor", q)
}

// Script writes a script for an administrator.
func (c *Client) Script(ctx context.Context, q ScriptRequest) (Script, error) {
	return call[Script](ctx, c, http.MethodPost, "/v1/script", q)
}

// Handover is the whole setup.
func (c *Client) Handover(ctx context.Context) (Handover, error) {
	return call[Handover](ctx, c, http.MethodGet, "/v1/handover", nil)
}

// Diagnostics packs what helps to find out what is wrong.
func (c *Client) Diagnostics(ctx context.Context, q DiagnosticsRequest) (Diagnostics, error) {
	return call[Diagnostics](ctx, c, http.MethodPost, "/v1/diagnostics", q)
}

func call[T any](ctx context.Context, c *Client, method, path string, send any) (T, error) {
	var out T
	var payload bytes.Buffer
	if send != nil {
		if err := json.NewEncoder(&payload).Encode(send); err != nil {
			return out, fmt.Errorf("write request: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://agent"+path, &payload)
	if err != nil {
		return out, fmt.Errorf("write request: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return out, fmt.Errorf("ask agent: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		e := &Error{}
		if err := json.NewDecoder(resp.Body).Decode(e); err != nil {
			e = &Error{Code: CodeFailed, Message: "the agent answered " + resp.Status}
		}
		return out, e
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, fmt.Errorf("read agent's answer: %w", err)
	}
	return out, nil
}
