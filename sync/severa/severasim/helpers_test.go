package severasim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/sync/severa/severasim"
)

// clock is a fake one that moves only when told to.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// office is a server with two users and a client that has signed in.
type office struct {
	t         *testing.T
	sim       *severasim.Server
	clock     *clock
	url       string
	http      *http.Client
	token     string
	anna, ben string
}

type reply struct {
	status int
	header http.Header
	body   string
}

func newOffice(t *testing.T, o severasim.Options) *office {
	t.Helper()
	c := newClock()
	o.Now = c.Now
	if o.RatePerSecond == 0 {
		o.RatePerSecond = -1
	}
	sim := severasim.New(o)
	srv := httptest.NewServer(sim.Handler())
	t.Cleanup(srv.Close)
	f := &office{t: t, sim: sim, clock: c, url: srv.URL + "/rest-api", http: srv.Client()}
	f.anna = sim.AddUser(severasim.User{FirstName: "Anna", LastName: "Aalto", Email: "anna@office.test", Zone: "Europe/Helsinki"})
	f.ben = sim.AddUser(severasim.User{FirstName: "Ben", LastName: "Berg", Email: "ben@office.test", Zone: "Europe/Amsterdam"})
	f.signIn("")
	return f
}

func (f *office) signIn(scope string) {
	f.t.Helper()
	body := `{"client_id":"lockstep","client_secret":"secret","scope":"` + scope + `"}`
	r := f.do("POST", "/v1/token", body)
	if r.status != http.StatusOK {
		f.t.Fatalf("sign in: %d %s", r.status, r.body)
	}
	f.token = decodeInto[map[string]any](f.t, r)["access_token"].(string)
}

// try sends a request and returns the error of the transport.
func (f *office) try(method, path, body string) (reply, error) {
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	if f.token != "" {
		req.Header.Set("Authorization", "Bearer "+f.token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := f.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(data)}, err
}

func (f *office) do(method, path, body string) reply {
	f.t.Helper()
	r, err := f.try(method, path, body)
	if err != nil {
		f.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// want is do with a check of the status.
func (f *office) want(status int, method, path, body string) reply {
	f.t.Helper()
	r := f.do(method, path, body)
	if r.status != status {
		f.t.Fatalf("%s %s: status %d, want %d: %s", method, path, r.status, status, r.body)
	}
	return r
}

func decodeInto[T any](t *testing.T, r reply) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("decode %q: %v", r.body, err)
	}
	return v
}

type row = map[string]any

// list returns one page of rows.
func (f *office) list(path string) []row {
	f.t.Helper()
	return decodeInto[[]row](f.t, f.want(http.StatusOK, "GET", path, ""))
}

// listAll follows the page tokens; between is called after every page.
func (f *office) listAll(path string, between func(page int)) (rows []row, pages int) {
	f.t.Helper()
	token := ""
	for {
		p := path
		if token != "" {
			p += "&pageToken=" + url.QueryEscape(token)
		}
		r := f.want(http.StatusOK, "GET", p, "")
		rows = append(rows, decodeInto[[]row](f.t, r)...)
		pages++
		if token = r.header.Get("NextPageToken"); token == "" {
			return rows, pages
		}
		if between != nil {
			between(pages)
		}
	}
}

func column(rows []row, key string) []string {
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		s, _ := r[key].(string)
		out = append(out, s)
	}
	return out
}

// meeting is the JSON of an activity of Anna's; more is appended to it.
func (f *office) meeting(name, start, end, more string) string {
	m := row{
		"name": name, "startDateTime": start, "endDateTime": end, "hasDuration": true,
		"activityType": row{"guid": f.sim.TypeOf(severasim.CalendarEntry)}, "ownerUser": row{"guid": f.anna},
	}
	var b bytes.Buffer
	_ = json.NewEncoder(&b).Encode(m)
	s := strings.TrimSpace(b.String())
	if more == "" {
		return s
	}
	return strings.TrimSuffix(s, "}") + "," + more + "}"
}

// post creates an activity and returns its guid.
func (f *office) post(body string) string {
	f.t.Helper()
	return decodeInto[row](f.t, f.want(http.StatusCreated, "POST", "/v1/activities", body))["guid"].(string)
}

func (f *office) postDay(name, day string) string {
	f.t.Helper()
	return f.post(f.meeting(name, day+"T09:00:00Z", day+"T10:00:00Z", ""))
}

// errorType returns the type in an ExceptionModel.
func errorType(t *testing.T, r reply) string {
	t.Helper()
	m := decodeInto[struct {
		Error struct {
			HTTPStatusCode int
			Type           string
			Details        []struct{ Message string }
		}
	}](t, r)
	if m.Error.HTTPStatusCode != r.status || len(m.Error.Details) == 0 || m.Error.Details[0].Message == "" {
		t.Errorf("incomplete ExceptionModel: %s", r.body)
	}
	return m.Error.Type
}
