package network

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Machine is how this machine reaches servers by itself.
type Machine struct {
	// Fixed are the proxies that are written down, and From who says so.
	Fixed httpproxy.Config
	From  string
	// Ask is asked for each server where the machine decides anew for each: it
	// may run a script (PAC) and take seconds. No proxies in its answer: none
	// is needed. It is nil where Fixed says all.
	Ask func(ctx context.Context, server *url.URL) (Answer, error)
	// Script runs a script that is named by hand; nil: nothing here can.
	Script func(ctx context.Context, script string, server *url.URL) (Answer, error)
}

// Answer is what a machine says about one server.
type Answer struct {
	// Proxies are the ways to try, the best first: host:port, an address such as
	// http://host:port or socks5://host:port, or "direct://".
	Proxies []string
	// From is who says so, for people to read.
	From string
	// Trouble is what kept a script from being asked, where the machine has gone
	// on without it, as browsers do.
	Trouble string
}

// Choice is the way to one server.
type Choice struct {
	Proxy *url.URL // nil: none
	// From is who has chosen it, Trouble as in Answer.
	From, Trouble string
}

// What chooses, in reports.
const (
	fromSettings    = "the settings of Lockstep"
	fromHere        = "the server is on this PC"
	fromException   = "an exception in the settings of Lockstep"
	fromEnvironment = "the environment (HTTPS_PROXY and its like)"
	fromNobody      = "no proxy is set"
	fromScript      = "the script that the settings of Lockstep name"
)

// errNoScript says that this system runs no scripts.
var errNoScript = errors.New("nothing on this system runs a script that chooses proxies")

// Answers are kept for a while: http.Transport asks before every request, and a
// script can take seconds. It is no longer than a machine that has changed its
// network may go on with the way of the old one.
const (
	answerHolds = time.Minute
	mostAnswers = 64
	askTimeout  = 15 * time.Second
)

// Chooser chooses the proxy for each server. It is safe for concurrent use.
type Chooser struct {
	settings Settings
	machine  Machine
	now      func() time.Time

	mu    sync.Mutex
	known map[string]answered
}

type answered struct {
	choice Choice
	err    error
	until  time.Time
}

// Chooser chooses as the settings say, on a machine.
func (s Settings) Chooser(m Machine, now func() time.Time) *Chooser {
	return &Chooser{settings: s, machine: m, now: now, known: map[string]answered{}}
}

// Proxy is what http.Transport takes as its Proxy.
func (c *Chooser) Proxy(r *http.Request) (*url.URL, error) {
	choice, err := c.Choose(r.Context(), r.URL)
	return choice.Proxy, err
}

// Choose tells the way to a server.
func (c *Chooser) Choose(ctx context.Context, server *url.URL) (Choice, error) {
	if exempt(nil, server) {
		return Choice{From: fromHere}, nil
	}
	if exempt(c.settings.NoProxy, server) {
		return Choice{From: fromException}, nil
	}
	script, byScript := c.settings.script()
	switch {
	case c.settings.Proxy == ProxyNone:
		return Choice{From: fromSettings}, nil
	case byScript:
		return c.asked(ctx, server, func(ctx context.Context) (Answer, error) {
			if c.machine.Script == nil {
				return Answer{}, errNoScript
			}
			a, err := c.machine.Script(ctx, script, server)
			a.From = fromScript
			return a, err
		})
	case c.settings.Proxy != "" && c.settings.Proxy != ProxySystem:
		p, err := httpproxyChoice(httpproxy.Config{HTTPProxy: c.settings.address(), HTTPSProxy: c.settings.address()}, server)
		return Choice{Proxy: p, From: fromSettings}, err
	case c.machine.Ask != nil:
		return c.asked(ctx, server, func(ctx context.Context) (Answer, error) { return c.machine.Ask(ctx, server) })
	}
	p, err := httpproxyChoice(c.machine.Fixed, server)
	choice := Choice{Proxy: p, From: c.machine.From}
	if p == nil && c.machine.From == "" {
		choice.From = fromNobody
	}
	return choice, err
}

func httpproxyChoice(c httpproxy.Config, server *url.URL) (*url.URL, error) {
	return c.ProxyFunc()(server)
}

// exempt tells whether a server is reached directly: one of the exceptions, or this machine.
func exempt(exceptions []string, server *url.URL) bool {
	const any = "http://any"
	p, err := httpproxyChoice(httpproxy.Config{HTTPProxy: any, HTTPSProxy: any, NoProxy: strings.Join(exceptions, ",")}, server)
	return err == nil && p == nil
}

// asked gives an answer that is still known, or asks for it.
func (c *Chooser) asked(ctx context.Context, server *url.URL, ask func(context.Context) (Answer, error)) (Choice, error) {
	key := server.Scheme + "://" + server.Host
	c.mu.Lock()
	defer c.mu.Unlock() // who comes meanwhile waits for the same answer
	if a, ok := c.known[key]; ok && c.now().Before(a.until) {
		return a.choice, a.err
	}
	mine, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	a, err := ask(mine)
	if ctx.Err() != nil {
		return Choice{}, ctx.Err() // of who asked, and not of the machine
	}
	choice := Choice{From: a.From, Trouble: a.Trouble}
	if err == nil {
		choice.Proxy, err = best(a.Proxies)
	}
	if len(c.known) >= mostAnswers {
		clear(c.known)
	}
	c.known[key] = answered{choice, err, c.now().Add(answerHolds)}
	return choice, err
}

// best is the first of some ways that can be gone; nil: directly.
func best(ways []string) (*url.URL, error) {
	var wrong error
	for _, way := range ways {
		u, err := wayOf(way)
		if err == nil {
			return u, nil
		}
		wrong = err
	}
	return nil, wrong
}

func wayOf(way string) (*url.URL, error) {
	way = strings.TrimSpace(way)
	if strings.EqualFold(way, "direct") || strings.HasPrefix(strings.ToLower(way), "direct:") {
		return nil, nil //nolint:nilnil // as http.Transport wants it
	}
	if !strings.Contains(way, "://") {
		way = "http://" + way
	}
	u, err := url.Parse(way)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("what chooses the proxy names none that can be read")
	}
	switch u.Scheme {
	case "http", "https", "socks5":
	case "socks", "socks5h":
		u.Scheme = "socks5"
	default:
		return nil, errors.New("what chooses the proxy names a kind that is not known")
	}
	return &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}, nil
}

// withoutDot tells whether a server has a name of the office's own network.
func withoutDot(server *url.URL) bool {
	host := server.Hostname()
	return net.ParseIP(host) == nil && !strings.Contains(host, ".")
}
