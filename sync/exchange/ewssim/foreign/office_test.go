package foreign

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/sync/exchange/ewssim"
)

const (
	anna = "anna.berg@office.test"
	bert = "bert.holm@office.test"
	cleo = "cleo.dahl@office.test"

	service  = "svc"
	password = "Correct horse 1"
)

// office is a simulated Exchange that listens: Anna has a mailbox and an account, Bert lets the service account into his mailbox, Cleo lets nobody in.
type office struct {
	*ewssim.Server
	url string
	ca  string // file with the authority's certificate, "" without TLS
}

// open starts an office. Its clock stands in March 2026 and then runs.
func open(t *testing.T, o ewssim.Options, secure bool) office {
	t.Helper()
	began := time.Now()
	o.Now = func() time.Time { return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC).Add(time.Since(began)) }
	o.KeepAlive = time.Second
	s := ewssim.New(o)
	s.AddAccount(service, password)
	s.AddAccount("anna", password)
	for _, m := range []ewssim.MailboxInfo{
		{Primary: anna, Aliases: []string{"anna@office.test"}, Name: "Anna Berg", Zone: "FLE Standard Time", Account: "anna"},
		{Primary: bert, Name: "Bert Holm", Zone: "FLE Standard Time"},
		{Primary: cleo, Name: "Cleo Dahl", Zone: "FLE Standard Time"},
	} {
		if err := s.AddMailbox(m); err != nil {
			t.Fatal(err)
		}
	}
	s.AllowImpersonation(service, anna)
	if err := s.Share(bert, "", service, ewssim.RightEdit); err != nil {
		t.Fatal(err)
	}
	running, err := s.Start("127.0.0.1:0", secure)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(running.Close)
	out := office{Server: s, url: running.URL}
	if secure {
		out.ca = filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(out.ca, running.CAPEM, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// wrote returns how many items of the mailbox clients wrote by the operation.
func (o office) wrote(op, mailbox string) int {
	return o.Writes()[ewssim.Count{Op: op, Mailbox: mailbox}]
}

// asked returns how many requests for the mailbox were answered.
func (o office) asked(op, mailbox string) int {
	return o.Requests()[ewssim.Count{Op: op, Mailbox: mailbox}]
}

// missing skips the test, or fails it where everything has to be there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" || os.Getenv("LOCKSTEP_FOREIGN") == "1" {
		t.Fatalf("%s is not installed; run make setup", what)
	}
	t.Skipf("%s is not installed; make setup installs it", what)
}

// config is what a script is told on its standard input.
type config map[string]any

func (o office) config(auth, access, mailbox string, more config) config {
	c := config{"url": o.url, "ca": o.ca, "user": `OFFICE\` + service, "password": password, "auth": auth, "access": access, "mailbox": mailbox}
	for k, v := range more {
		c[k] = v
	}
	return c
}

// talk runs a client and decodes what it prints.
func talk[T any](t *testing.T, c config, env []string, name string, args ...string) T {
	t.Helper()
	stdin, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), append(env, "OPENSSL_CONF="+opensslConf(t))...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, errOut.String())
	}
	var failed struct {
		Error *struct{ Kind, Text, Trace string }
	}
	if err := json.Unmarshal(out.Bytes(), &failed); err == nil && failed.Error != nil {
		t.Fatalf("%s %s: %s: %s\n%s", name, strings.Join(args, " "), failed.Error.Kind, failed.Error.Text, failed.Error.Trace)
	}
	var got T
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%s %s printed %q: %v\n%s", name, strings.Join(args, " "), out.String(), err, errOut.String())
	}
	return got
}

// opensslConf is a configuration under which OpenSSL 3 still has the MD4 that
// NTLM is made of; distributions differ in whether theirs does.
func opensslConf(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("testdata/openssl.cnf")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
