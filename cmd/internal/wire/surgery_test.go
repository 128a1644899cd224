package wire_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/cmd/internal/policy"
	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/doctor"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
	"lockstep/sync/severa/api"
	"lockstep/sync/severa/severasim"
)

// TestMain puts this PC into the office's zone, wherever the tests run.
func TestMain(m *testing.M) {
	if here, err := time.LoadLocation("Europe/Helsinki"); err == nil {
		time.Local = here
	}
	stop, err := useOwnNames()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	stop()
	os.Exit(code)
}

// The people and secrets of the office that is examined.
const (
	anna         = "anna.virtanen@office.test"
	bert         = "bert.nyman@office.test"
	annaAlias    = "anna@office.test"
	account      = "svc-lockstep"
	password     = "Tasatahti-2026"
	clientID     = "client"
	clientSecret = "severa-Tasatahti-2026"
)

// office is a small office at real servers, before it is examined. A fault
// changes what is set up (opts, file) or what runs.
type surgeryOffice struct {
	xo  ewssim.Options
	so  severasim.Options
	tls bool

	exchange *ewssim.Server
	severa   *severasim.Server
	xrun     *ewssim.Running
	srun     *severasim.Running

	// What stands in office.toml, and the secrets that are set.
	listen                      string // where the servers are
	url, user, exchangeLines    string
	severaURL, severaLines      string
	people, network             string
	password, secret, proxyPass string
	skew                        time.Duration
	tray                        func() bool
	start                       wire.Autostart
	site                        *wire.Site
}

// open runs the servers and sets the office up at them. before changes options,
// running what runs.
func (o *surgeryOffice) open(t *testing.T, before, running func(*testing.T, *surgeryOffice)) {
	t.Helper()
	o.xo = ewssim.Options{Now: time.Now, Version: ewssim.ExchangeSE}
	o.so = severasim.Options{Now: time.Now, ClientID: clientID, ClientSecret: clientSecret, RatePerSecond: -1}
	o.tls, o.user, o.password, o.secret = true, account, password, clientSecret
	o.listen = "127.0.0.1:0"
	o.people = "[[person]]\nsevera = \"" + anna + "\"\n"
	if before != nil {
		before(t, o)
	}
	o.exchange, o.severa = ewssim.New(o.xo), severasim.New(o.so)
	o.hire(t)
	var err error
	if o.xrun, err = o.exchange.Start(o.listen, o.tls); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.xrun.Close() })
	if o.srun, err = o.severa.Start(o.listen, true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.srun.Close() })
	o.url, o.severaURL = o.xrun.URL, o.srun.URL
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("exchange.pem", string(o.xrun.CAPEM))
	write("severa.pem", o.srun.CAPEM)
	if len(o.xrun.CAPEM) > 0 {
		o.exchangeLines = "ca_file = \"exchange.pem\"\n"
	}
	o.severaLines = "ca_file = \"severa.pem\"\n"
	if running != nil {
		running(t, o)
	}
	o.setUp(t, dir)
}

// hire makes the accounts, the mailboxes and the users.
func (o *surgeryOffice) hire(t *testing.T) {
	t.Helper()
	o.exchange.AddAccount(account, password)
	o.exchange.AllowImpersonation(account)
	for _, m := range []ewssim.MailboxInfo{
		{Primary: anna, Aliases: []string{annaAlias}, Name: "Anna Virtanen", Zone: "FLE Standard Time", Account: "anna"},
		{Primary: bert, Name: "Bert Nyman", Zone: "FLE Standard Time", Account: "bert"},
	} {
		if err := o.exchange.AddMailbox(m); err != nil {
			t.Fatal(err)
		}
	}
	o.severa.AddUser(severasim.User{FirstName: "Anna", LastName: "Virtanen", Email: anna, Zone: "Europe/Helsinki"})
	o.severa.AddUser(severasim.User{FirstName: "Bert", LastName: "Nyman", Email: bert, Zone: "Europe/Helsinki"})
}

// setUp opens a home folder and sets it up.
func (o *surgeryOffice) setUp(t *testing.T, dir string) {
	t.Helper()
	site, err := wire.Open(t.Context(), wire.Options{
		Home: filepath.Join(t.TempDir(), "home"), Now: func() time.Time { return time.Now().Add(o.skew) }, Ring: secret.NewMemory(),
		Pacer: api.NewPacer(hurried()), Policies: func() (policy.Set, error) { return policy.Set{}, nil }, Tray: o.tray, Autostart: o.start,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.site = site
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	text := strings.Join([]string{
		`zone = "Europe/Helsinki"`,
		"[exchange]", `url = "` + o.url + `"`, `user = "` + o.user + `"`, `domain = "OFFICE"`, o.exchangeLines,
		"[severa]", `url = "` + o.severaURL + `"`, `client_id = "` + clientID + `"`, o.severaLines,
		o.people, o.network,
	}, "\n")
	f, err := wire.ParseOffice([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := site.Setup(t.Context(), f, dir); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{wire.SecretExchange: o.password, wire.SecretSevera: o.secret, wire.SecretProxy: o.proxyPass} {
		if value == "" {
			continue
		}
		if err := site.SetSecret(t.Context(), name, value); err != nil {
			t.Fatal(err)
		}
	}
}

// hurried is a clock for the pacer that lets nobody wait.
func hurried() func() time.Time {
	var mu sync.Mutex
	now := time.Now()
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Minute)
		return now
	}
}

// examine runs a whole examination through the API that front ends use.
func (o *surgeryOffice) examine(t *testing.T, q localapi.DoctorRequest) doctor.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	q.Begin = true
	agent := o.site.Agent()
	r, err := agent.Doctor(ctx, q)
	for err == nil && r.Running {
		if ctx.Err() != nil {
			t.Fatalf("the examination does not end; it is at %s", r.Doing)
		}
		r, err = agent.Doctor(ctx, localapi.DoctorRequest{After: r.Seq})
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// never is a desktop that does not start the program.
type never struct{}

func (never) Enabled() (bool, error)     { return false, nil }
func (never) Enable(time.Duration) error { return nil }
func (never) Disable() error             { return nil }

func lines(r doctor.Report) string {
	var b strings.Builder
	for _, l := range r.Lines() {
		fmt.Fprintf(&b, "%s %s%s %s %s %v\n", l.State, l.Check, strings.TrimSuffix("("+l.Side+")", "()"), l.Person, l.Cause, l.Facts)
	}
	return b.String()
}
