package wire_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"lockstep/sync/doctor"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
)

// resultOf is what one check of Anna found.
func resultOf(t *testing.T, r doctor.Report, c doctor.Check) doctor.Result {
	t.Helper()
	for _, l := range r.Lines() {
		if l.Check == c && l.Person == anna {
			return l.Result
		}
	}
	t.Fatalf("no line of %s:\n%s", c, lines(r))
	return doctor.Result{}
}

// proven are the facts that the test entry proves of a server that does as the others do.
func proven() map[string]string {
	return map[string]string{
		"mark": "written and read back", "search_by_mark": "found", "absent_mark_taken_off": "no error", "old_change_key": "refused",
		"organiser_of_plain_entry": "true", "times_read_back": "as expected", "whole_day_read_back": "as expected",
		"place_of_255_letters": "as expected", "notes_read_back": "as expected", "categories_read_back": "as expected",
		"ids_by_name_and_id_of_folder": "as expected", "search_with_50_terms": "as expected", "search_by_uid": "as expected",
		"hidden_note": "as expected", "moved_and_back": "as expected", "test_entry": "removed again",
	}
}

// TestDoctor_ProvesWhatItReliesOn holds the facts against each generation of the server, and sees that nothing is left.
func TestDoctor_ProvesWhatItReliesOn(t *testing.T) {
	for version, differ := range map[ewssim.Generation]map[string]string{
		ewssim.ExchangeSE:      {},
		ewssim.Exchange2016:    {},
		ewssim.Exchange2010SP2: {"organiser_of_plain_entry": "not told"},
		ewssim.Exchange2007SP1: {
			"organiser_of_plain_entry": "not told", "hidden_note": "an ordinary one: this Exchange knows none that are hidden",
		},
	} {
		t.Run(version.String(), func(t *testing.T) {
			t.Parallel()
			var o surgeryOffice
			o.open(t, xopts(func(x *ewssim.Options) { x.Version = version }), nil)
			r := o.examine(t, localapi.DoctorRequest{})
			got := resultOf(t, r, doctor.CheckProperty)
			if got.State != doctor.Passed {
				t.Errorf("the facts are %s (%s)", got.State, got.Cause)
			}
			want := proven()
			for name, v := range differ {
				want[name] = v
			}
			for name, v := range want {
				if got.Fact(name) != v {
					t.Errorf("%s is %q, want %q", name, got.Fact(name), v)
				}
			}
			if size := got.Fact("sync_state"); !strings.HasSuffix(size, " bytes") || size == "0 bytes" {
				t.Errorf("sync_state is %q", size)
			}
			for _, folder := range []string{"", "deleteditems"} {
				left, err := o.exchange.Items(anna, folder)
				if err != nil {
					t.Fatal(err)
				}
				if len(left) > 0 {
					t.Errorf("%d items are left in %q", len(left), folder)
				}
			}
			if n := len(o.exchange.Mail()); n > 0 {
				t.Errorf("%d mails were sent", n)
			}
		})
	}
}

// TestDoctor_ProvesThatNotificationsComeThrough goes through proxies that let all through, and past a gateway that holds answers back until they end.
func TestDoctor_ProvesThatNotificationsComeThrough(t *testing.T) {
	const name = "mail.office.test"
	through := func(proxy func(t *testing.T, o *surgeryOffice) string) func(*testing.T, *surgeryOffice) {
		return func(t *testing.T, o *surgeryOffice) {
			o.network = "[network]\nproxy = \"" + proxy(t, o) + "\"\nproxy_user = \"out\"\nno_proxy = [\"127.0.0.1\"]\n"
			o.url, o.proxyPass = "https://"+name+"/EWS/Exchange.asmx", "pass"
		}
	}
	for _, c := range []struct {
		name    string
		running func(*testing.T, *surgeryOffice)
		route   string
		silent  bool
	}{
		{"directly", nil, "direct", false},
		{"a proxy with Basic", through(func(t *testing.T, o *surgeryOffice) string {
			return guarded(t, "Basic b3V0OnBhc3M=", o.url, name)
		}), "through the proxy", false},
		// As tinyproxy does.
		{"a proxy with Basic that ends the connection with its question", through(func(t *testing.T, o *surgeryOffice) string {
			return closing(t, guarded(t, "Basic b3V0OnBhc3M=", o.url, name))
		}), "through the proxy", false},
		{"a proxy with NTLM", through(func(t *testing.T, o *surgeryOffice) string { return byNTLM(t, "out", "pass", o.url, name) }), "through the proxy", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var o surgeryOffice
			o.open(t, nil, c.running)
			r := o.examine(t, localapi.DoctorRequest{})
			got := resultOf(t, r, doctor.CheckNotify)
			if said := got.Fact("stream"); strings.HasPrefix(said, "told after") == c.silent {
				t.Errorf("the stream: %q\n%s", said, lines(r))
			}
			for _, l := range r.Lines() {
				if l.Check == doctor.CheckProxy && l.Side == "exchange" && !strings.HasPrefix(l.Fact("route"), c.route) {
					t.Errorf("the route to Exchange is %q, chosen by %q", l.Fact("route"), l.Fact("chosen_by"))
				}
			}
		})
	}
}

// TestDoctor_GoesThroughWhereThereIsIPv6Alone has both servers at an address of IPv6.
func TestDoctor_GoesThroughWhereThereIsIPv6Alone(t *testing.T) {
	if l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "[::1]:0"); err != nil {
		t.Skip("this machine has no IPv6")
	} else {
		_ = l.Close()
	}
	var o surgeryOffice
	o.open(t, func(_ *testing.T, o *surgeryOffice) { o.listen = "[::1]:0" }, nil)
	r := o.examine(t, localapi.DoctorRequest{})
	if l, bad := r.First(); bad {
		t.Errorf("%s %s at %s\n%s", l.State, l.Cause, o.url, lines(r))
	}
}

// closing stands before a proxy and ends each connection after an answer that is none of a tunnel.
func closing(t *testing.T, proxy string) string {
	t.Helper()
	return "http://" + strange(t, func(c net.Conn) {
		defer func() { _ = c.Close() }()
		there, err := net.Dial("tcp", strings.TrimPrefix(proxy, "http://")) //nolint:noctx // it ends with the test's proxy
		if err != nil {
			return
		}
		defer func() { _ = there.Close() }()
		in := bufio.NewReader(c)
		req, err := http.ReadRequest(in)
		if err != nil || req.Write(there) != nil {
			return
		}
		out := bufio.NewReader(there)
		resp, err := http.ReadResponse(out, req)
		if err != nil {
			return
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			resp.Close = true
			_ = resp.Write(c)
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, in); _ = there.Close() }()
		_, _ = io.Copy(c, out)
	})
}
