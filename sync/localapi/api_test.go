//go:build !windows

package localapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// fake is an Agent that notes what it is asked and answers with what it holds.
type fake struct {
	Agent   // what no test asks for
	asked   []any
	preview Preview
	summary Summary
	people  []Person
	runs    []Run
	changes []Change
	status  func(ctx context.Context, after uint64) (office.Status, error)
	err     error
}

func (f *fake) Status(ctx context.Context, after uint64) (office.Status, error) {
	if f.status != nil {
		return f.status(ctx, after)
	}
	return office.Status{Seq: after + 1, People: []office.PersonStatus{}}, f.err
}

func (f *fake) Preview(_ context.Context, q PreviewRequest) (Preview, error) {
	f.asked = append(f.asked, q)
	return f.preview, f.err
}

func (f *fake) Sync(_ context.Context, q SyncRequest) (Summary, error) {
	f.asked = append(f.asked, q)
	return f.summary, f.err
}

func (f *fake) People(context.Context) ([]Person, error) { return f.people, f.err }

func (f *fake) Switch(_ context.Context, address string, on bool, by string) (Person, error) {
	f.asked = append(f.asked, switchRequest{address, on, by})
	return Person{Address: address, Enabled: on, SwitchedBy: by}, f.err
}

func (f *fake) Pause(_ context.Context, until time.Time) error {
	f.asked = append(f.asked, until)
	return f.err
}

func (f *fake) TakeOver(_ context.Context, who []string) ([]Person, error) {
	f.asked = append(f.asked, who)
	return f.people, f.err
}

func (f *fake) Runs(_ context.Context, limit int) ([]Run, error) {
	f.asked = append(f.asked, limit)
	return f.runs, f.err
}

func (f *fake) Changes(_ context.Context, run int64) ([]Change, error) {
	f.asked = append(f.asked, run)
	return f.changes, f.err
}

// serve offers an agent on a socket of its own and gives a client for it. The
// path of a socket is short, so the folder is not the test's.
func serve(t *testing.T, a Agent) (*Client, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	address := Address(filepath.Join(t.TempDir(), "home"))
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, a, slog.New(slog.DiscardHandler)) }()
	c, err := Dial(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return c, address
}

func TestClient_AsksAndGetsWhatTheAgentSays(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	f := &fake{
		preview: Preview{Digest: "d1", People: []PersonPlan{{
			Name: "Åsa", Address: "asa@office.test",
			Rows: []Row{{
				Kind: "create", Side: "business", Reason: plan.Reason{Code: plan.OnlyThere, From: event.Exchange}, Writes: true, Waits: true,
				Entries: map[string]Entry{"exchange": {ID: "x;1", Subject: "Möte <1>", Start: "2026-03-02T09:00:00", Zone: "Europe/Helsinki"}},
			}},
			Halt: &plan.Reason{Code: plan.SideEmpty}, Trouble: &Trouble{Kind: "auth", Message: "m"},
		}}},
		summary: Summary{Writes: 3, Unapproved: true, People: []PersonSummary{{Name: "Åsa", Written: map[string]map[string]int{"business": {"create": 3}}}}},
		people:  []Person{{Name: "Åsa", Enabled: true, SwitchedAt: at}},
		runs:    []Run{{ID: 7, Person: "Åsa", Started: at}},
		changes: []Change{{Kind: "delete", Before: &Entry{Subject: "Old"}, At: at}},
	}
	c, _ := serve(t, f)
	ctx := t.Context()
	preview, err1 := c.Preview(ctx, PreviewRequest{Who: []string{"asa@office.test"}, Full: true})
	summary, err2 := c.Sync(ctx, SyncRequest{Digest: "d1", ApproveFirst: true})
	people, err3 := c.People(ctx)
	person, err4 := c.Switch(ctx, "asa@office.test", true, "root")
	err5 := c.Pause(ctx, at)
	runs, err6 := c.Runs(ctx, 5)
	changes, err7 := c.Changes(ctx, 7)
	status, err8 := c.Status(ctx, 41)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
		t.Fatal(err)
	}
	wantAsked := []any{
		PreviewRequest{Who: []string{"asa@office.test"}, Full: true},
		SyncRequest{Digest: "d1", ApproveFirst: true},
		switchRequest{"asa@office.test", true, "root"},
		at, 5, int64(7),
	}
	if diff := cmp.Diff(wantAsked, f.asked, cmp.AllowUnexported(switchRequest{})); diff != "" {
		t.Errorf("what the agent was asked (-want +got)\n%s", diff)
	}
	got := []any{preview, summary, people, person, runs, changes, status.Seq}
	want := []any{f.preview, f.summary, f.people, Person{Address: "asa@office.test", Enabled: true, SwitchedBy: "root"}, f.runs, f.changes, uint64(42)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the client got (-want +got)\n%s", diff)
	}
}

func TestClient_GetsErrorsWithTheirCodeAndTrouble(t *testing.T) {
	f := &fake{}
	c, _ := serve(t, f)
	f.err = &Error{Code: CodeNoPreview, Message: "no such preview", Trouble: &Trouble{Side: "exchange", Kind: "auth", RetrySeconds: 3}}
	_, err := c.Sync(t.Context(), SyncRequest{})
	got, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error = %v, want an *Error", err)
	}
	if diff := cmp.Diff(f.err, error(got)); diff != "" {
		t.Errorf("error (-want +got)\n%s", diff)
	}
	f.err = errors.New("something else")
	if _, err = c.People(t.Context()); err == nil || err.Error() != "something else" {
		t.Errorf("error = %v", err)
	}
}

func TestStatus_WaitsForTheNextOne(t *testing.T) {
	changed := make(chan struct{})
	f := &fake{status: func(ctx context.Context, after uint64) (office.Status, error) {
		if after == 0 {
			return office.Status{Seq: 3}, nil
		}
		select {
		case <-changed:
			return office.Status{Seq: after + 1, Health: office.Syncing}, nil
		case <-ctx.Done():
			return office.Status{Seq: after}, ctx.Err()
		}
	}}
	c, _ := serve(t, f)
	got := make(chan office.Status)
	go func() {
		s, err := c.Status(context.WithoutCancel(t.Context()), 3)
		if err != nil {
			t.Error(err)
		}
		got <- s
	}()
	select {
	case s := <-got:
		t.Fatalf("a status before anything changed: %+v", s)
	case <-time.After(50 * time.Millisecond):
	}
	close(changed)
	if s := <-got; s.Seq != 4 || s.Health != office.Syncing {
		t.Errorf("status = %+v, want the changed one", s)
	}
}

func TestDial_TellsThatNobodyIsThere(t *testing.T) {
	if _, err := Dial(t.Context(), filepath.Join(t.TempDir(), "none.sock")); !errors.Is(err, ErrNoAgent) {
		t.Errorf("error = %v, want ErrNoAgent", err)
	}
}

func TestListen_KeepsOthersOut(t *testing.T) {
	_, address := serve(t, &fake{})
	info, err := os.Stat(address)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode of the socket = %o, want 600", got)
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if l, err := Listen(t.Context(), filepath.Join(open, "a.sock")); err == nil {
		_ = l.Close()
		t.Error("a socket was opened in a folder that others can write to")
	}
}

func TestListen_TakesThePlaceOfADeadAgent(t *testing.T) {
	dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	address := filepath.Join(dir, "a.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: address, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatalf("listen where a dead agent left its socket: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestRoutes_RefuseWhatTheyDoNotKnow(t *testing.T) {
	f := &fake{}
	h := routes(f, slog.New(slog.DiscardHandler))
	for _, tt := range []struct{ name, method, path, body string }{
		{"no JSON", "POST", "/v1/sync", "{"},
		{"unknown member", "POST", "/v1/sync", `{"approve_everything": true}`},
		{"too long", "POST", "/v1/preview", `{"who": ["` + strings.Repeat("x", maxBody) + `"]}`},
		{"run by name", "GET", "/v1/runs/last/changes", ""},
		{"negative limit", "GET", "/v1/runs?limit=-1", ""},
		{"status after nothing", "GET", "/v1/status?after=x", ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, strings.NewReader(tt.body)))
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `"code":"usage"`) {
			t.Errorf("%s: status %d, %s", tt.name, w.Code, w.Body)
		}
	}
	if len(f.asked) != 0 {
		t.Errorf("the agent was asked all the same: %v", f.asked)
	}
}

func TestAsError_GivesEachCaseItsCode(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want Code
	}{
		{office.ErrNotSetUp, CodeNotSetUp},
		{office.ErrNobody, CodeNobody},
		{office.ErrNoSuchPerson, CodeNoPerson},
		{state.ErrUnknownPreview, CodeNoPreview},
		{state.ErrUnknownRun, CodeNoRun},
		{state.ErrDiskFull, CodeDiskFull},
		{&Error{Code: CodeUsage}, CodeUsage},
		{errors.New("other"), CodeFailed},
	} {
		if got := AsError(fmt.Errorf("do it: %w", tt.err)); got.Code != tt.want || got.Trouble != nil {
			t.Errorf("%v: code %s, trouble %v; want %s and none", tt.err, got.Code, got.Trouble, tt.want)
		}
	}
}

type detailed struct{ error }

func (detailed) Detail() string { return "the url is wrong" }

func TestAsError_TellsTheTroubleOfAConnection(t *testing.T) {
	err := fmt.Errorf("find people: %w", &endpoint.Error{
		Op: "sign in", Side: event.Exchange, Scope: endpoint.ScopeAccount, Kind: endpoint.Throttled, Code: "ErrorServerBusy",
		RetryAfter: 1500 * time.Millisecond, Err: detailed{errors.New("x")},
	})
	want := &Trouble{
		Side: "exchange", Scope: "account", Kind: "throttled", Code: "ErrorServerBusy", Message: err.Error(),
		RetrySeconds: 2, Detail: "the url is wrong",
	}
	if diff := cmp.Diff(want, AsError(err).Trouble); diff != "" {
		t.Errorf("trouble (-want +got)\n%s", diff)
	}
	dns := &endpoint.Error{Kind: endpoint.Unavailable, Err: &net.DNSError{IsNotFound: true}}
	if got := AsError(dns).Trouble.Code; got != CodeHostUnknown {
		t.Errorf("code of an unknown host = %q", got)
	}
}

func TestRowOf_ShowsWhatWaitsAndWhatWasSeen(t *testing.T) {
	have := &event.Item{Ref: event.Ref{ID: "b1"}, Event: event.Event{
		Subject: "Fair", When: event.AllDay(event.Date{Year: 2026, Month: 3, Day: 4}, event.Date{Year: 2026, Month: 3, Day: 6}),
	}}
	got := rowOf(plan.Action{Kind: plan.Create, Side: event.Exchange, Have: [2]*event.Item{have, nil}, Want: have.Event})
	want := Entry{ID: "b1", Subject: "Fair", Start: "2026-03-04", End: "2026-03-06", AllDay: true}
	if diff := cmp.Diff(map[string]Entry{"business": want}, got.Entries); diff != "" {
		t.Errorf("entries (-want +got)\n%s", diff)
	}
	if !got.Writes || !got.Waits || got.Want == nil || got.Hash == "" {
		t.Errorf("row = %+v, want one that writes and waits", got)
	}
	if got := rowOf(plan.Action{Kind: plan.Stamp, Side: event.Exchange}); !got.Writes || got.Waits {
		t.Errorf("a mark = %+v, want one that writes and does not wait", got)
	}
	if got := rowOf(plan.Action{Kind: plan.Update, Side: event.Exchange, Dropped: 2}); got.Dropped != 2 {
		t.Errorf("a new rule that drops two dates = %+v, want them told", got)
	}
}

// shower is an agent that has a preview.
type shower struct {
	fake
	stopped int
}

func (s *shower) LastPreview(context.Context) (Preview, error) { return s.preview, s.err }

func (s *shower) LeaveOut(_ context.Context, rows map[string][]string) error {
	s.asked = append(s.asked, rows)
	return s.err
}

func (s *shower) Detail(_ context.Context, q DetailRequest) (Detail, error) {
	s.asked = append(s.asked, q)
	return Detail{Address: q.Who, Next: []string{"2026-03-09T08:00:00"}}, s.err
}

func (s *shower) Stop(context.Context) error { s.stopped++; return s.err }

func TestClient_ShowsTheLastPreview(t *testing.T) {
	s := &shower{fake: fake{preview: Preview{
		Digest: "d", At: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Except: map[string][]string{"asa@office.test": {"r1"}}, People: []PersonPlan{},
	}}}
	c, _ := serve(t, s)
	last, err1 := c.LastPreview(t.Context())
	err2 := c.LeaveOut(t.Context(), last.Except)
	d, err3 := c.Detail(t.Context(), DetailRequest{Who: "asa@office.test", Row: "r1"})
	err4 := c.Stop(t.Context())
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{s.preview, Detail{Address: "asa@office.test", Next: []string{"2026-03-09T08:00:00"}}}, []any{last, d}); diff != "" {
		t.Errorf("what the client got (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]any{s.preview.Except, DetailRequest{Who: "asa@office.test", Row: "r1"}}, s.asked); diff != "" || s.stopped != 1 {
		t.Errorf("what the agent was asked, stopped %d times (-want +got)\n%s", s.stopped, diff)
	}
	s.err = AsError(state.ErrUnknownPreview)
	if _, err := c.LastPreview(t.Context()); AsError(err).Code != CodeNoPreview {
		t.Errorf("without one: %v, want the code that says so", err)
	}
}
