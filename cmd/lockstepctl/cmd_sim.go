package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"lockstep/cmd/internal/explain"
	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ewssim"
)

type simCmd struct {
	Exchange string        `help:"Where the simulated Exchange listens." default:"127.0.0.1:0" placeholder:"ADDR"`
	Severa   string        `help:"Where the simulated Severa listens." default:"127.0.0.1:0" placeholder:"ADDR"`
	TLS      bool          `help:"Speak HTTPS, with an authority of its own."`
	Auth     string        `help:"How Exchange signs accounts in: ntlm or basic." enum:"ntlm,basic" default:"ntlm"`
	People   int           `help:"How many people work there." default:"5"`
	Items    int           `help:"How many entries are in their calendars." default:"200"`
	Latency  time.Duration `help:"How much later every answer comes." default:"0s"`
	Faults   string        `help:"A script of misbehaviour." placeholder:"FILE" type:"path"`
	Expired  bool          `help:"Show a Severa certificate that has run out." hidden:""`
}

// Help explains the output.
func (simCmd) Help() string {
	return `When both servers are ready, one line of JSON is printed that says how to get in:
{"exchange":{"url","domain","user","password","ca"},"severa":{"url","client_id","client_secret","ca"},
"people":[{"name","email","exchange_user","exchange_password"}]}. Mailbox owners can sign in too; "ca" is a
certificate in PEM. Everything is forgotten when the command ends.

A script of misbehaviour is TOML, one [[rule]] a fault:
  [[rule]]
  side = "severa"              # or "exchange"; both when left out
  op = "POST /v1/activities"   # an operation; * at its end matches any ending
  after = 2                    # calls that pass first
  times = 1                    # how often it goes wrong; for ever when left out
  kind = "throttle"            # throttle, unavailable, drop_before, drop_after, unauthorized, malformed,
                               # truncated, slow, skew, expired_cursor, empty_page
  delay = "1500ms"             # before the answer
  retry_after = "5s"           # what the client is told to wait`
}

// Run runs the simulators until interrupted.
func (c simCmd) Run(ctx context.Context, a *app) error {
	if c.People < 1 || c.Items < 0 {
		return usage("--people must be at least 1 and --items at least 0.")
	}
	o := sample.Options{
		Now: a.now, People: c.People, Entries: c.Items, Latency: c.Latency, ExpiredCertificate: c.Expired,
	}
	if c.Items == 0 {
		o.Entries = -1
	}
	if c.Auth == "basic" {
		o.Auth = ewssim.AuthBasic
	}
	if c.Faults != "" {
		f, err := os.Open(c.Faults)
		if err != nil {
			return usage(c.Faults + " cannot be read: " + explain.Root(err).Error() + ".")
		}
		defer f.Close()
		if o.Faults, err = ewssim.ParseFaults(f); err != nil {
			return usage(err.Error() + ".")
		}
	}
	made, err := sample.New(o)
	if err != nil {
		return err
	}
	open, err := made.Start(c.Exchange, c.Severa, c.TLS)
	if err != nil {
		return err
	}
	defer func() { a.closed(open.Close()) }()
	return a.serve(ctx, open)
}

// serve prints how to get in, and waits to be interrupted.
func (a *app) serve(ctx context.Context, open *sample.Open) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(open.Access); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
