package network

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// What Windows names as the source of a proxy.
const (
	fromOptions   = "Internet Options of Windows"
	fromMachine   = "the proxy of this Windows machine (netsh winhttp)"
	fromWinScript = "the script that Internet Options name"
	fromDetected  = "the script that the network tells (WPAD)"
)

// windowsConfig is what Windows has set: for each server first what the network
// tells, then the script, then what is written down, as Windows does itself.
type windowsConfig struct {
	detect        bool
	script        string
	proxy, bypass string
	from          string
}

// answer says the way to a server. run runs a script; its empty address is the network's.
func (c windowsConfig) answer(server *url.URL, run func(script string, server *url.URL) ([]string, error)) (Answer, error) {
	trouble := ""
	if c.detect {
		// That the network tells none is usual, and no trouble.
		if ways, err := run("", server); err == nil {
			return Answer{Proxies: ways, From: fromDetected}, nil
		}
	}
	if c.script != "" {
		ways, err := run(c.script, server)
		if err == nil {
			return Answer{Proxies: ways, From: fromWinScript}, nil
		}
		trouble = err.Error()
	}
	if c.proxy == "" {
		return Answer{From: fromNobody, Trouble: trouble}, nil
	}
	out := Answer{From: c.from, Trouble: trouble}
	exceptions, local := windowsExceptions(c.bypass)
	if local && withoutDot(server) {
		return out, nil
	}
	plain, secure := windowsProxies(c.proxy)
	p, err := httpproxyChoice(httpproxy.Config{HTTPProxy: plain, HTTPSProxy: secure, NoProxy: exceptions}, server)
	if err != nil {
		return out, errors.New("the proxy that Windows has set cannot be read")
	}
	if p != nil {
		out.Proxies = []string{p.String()}
	}
	return out, nil
}

// windowsProxies reads a list of proxies as Windows writes it: one for
// everything, or a list such as http=a:80;https=b:80.
func windowsProxies(value string) (plain, secure string) {
	for _, part := range windowsWays(value) {
		kind, address, listed := strings.Cut(part, "=")
		switch {
		case !listed:
			return part, part
		case kind == "http":
			plain = address
		case kind == "https":
			secure = address
		}
	}
	return plain, secure
}

// windowsWays are the parts of a list, which semicolons or spaces set apart.
func windowsWays(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return r == ';' || r == ' ' || r == '\t' || r == '\r' || r == '\n' })
}

// windowsExceptions reads a list such as *.office.test;10.*;<local>. local tells
// that names without a dot are exceptions, too.
func windowsExceptions(value string) (list string, local bool) {
	var out []string
	for _, part := range windowsWays(value) {
		if strings.HasPrefix(part, "<") {
			local = local || strings.EqualFold(part, "<local>")
			continue
		}
		if network, ok := windowsNetwork(part); ok {
			part = network
		}
		out = append(out, strings.TrimPrefix(part, "*"))
	}
	return strings.Join(out, ","), local
}

// windowsNetwork reads a network such as 192.168.*.
func windowsNetwork(part string) (string, bool) {
	bytes := strings.Split(strings.TrimRight(part, ".*"), ".")
	if !strings.HasSuffix(part, ".*") || len(bytes) > 3 {
		return "", false
	}
	for _, b := range bytes {
		if n, err := strconv.Atoi(b); err != nil || n < 0 || n > 255 {
			return "", false
		}
	}
	bits := 8 * len(bytes)
	for len(bytes) < 4 {
		bytes = append(bytes, "0")
	}
	return fmt.Sprintf("%s/%d", strings.Join(bytes, "."), bits), true
}
