package ews_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

const oabFolder = "/OAB/0a2c3c1e-8d0c-4c3f-9f0e-2f1f5f6f7a8b"

// TestAddressBooks_ProvesTheAddress signs in by each scheme, with and without
// TLS, and takes the address as people copy it.
func TestAddressBooks_ProvesTheAddress(t *testing.T) {
	for name, c := range map[string]struct {
		auth ews.Auth
		tls  bool
		tail string
	}{
		"NTLM": {ews.AuthNTLM, true, "/"}, "Basic, no slash": {ews.AuthBasic, false, ""}, "NTLM, the file itself": {ews.AuthNTLM, false, "/OAB.xml"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSim(t, ewssim.Options{Auth: ewssim.AuthBoth}, c.tls)
			o := s.options()
			o.Auth = c.auth
			client, err := ews.New(o)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			got, err := client.AddressBooks(t.Context(), strings.TrimSuffix(s.running.URL, "/EWS/Exchange.asmx")+oabFolder+c.tail)
			if err != nil {
				t.Fatal(err)
			}
			const id = "5e7b1f06-9b0c-4f57-9a1e-0d9d0a0e7c11"
			want := []ews.AddressBook{{
				ID: id, Name: `\Default Global Address List`, DN: "/guid=5E7B1F069B0C4F579A1E0D9D0A0E7C11", Sequence: 7, Version: 32,
				File: id + "-data-7.lzx", Size: 4210, Unpacked: 19033, Updates: 1,
			}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("AddressBooks (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAddressBooks_SaysWhatIsWrong: nothing of this is taken for an address book.
func TestAddressBooks_SaysWhatIsWrong(t *testing.T) {
	s := newSim(t, ewssim.Options{}, false)
	root := strings.TrimSuffix(s.running.URL, "/EWS/Exchange.asmx")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Errorf("asked by %s", r.Method)
		}
		if strings.Contains(r.URL.Path, "away") {
			http.Redirect(w, r, "https://elsewhere.test/oab.xml", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("<html><body>Welcome</body></html>"))
	}))
	defer page.Close()
	for name, c := range map[string]struct {
		address string
		secret  ews.Password
		class   ews.Class
		say     string
	}{
		"no such folder":   {root + "/OAB/other/", testSecret, ews.ClassProtocol, "no offline address book"},
		"a web page":       {page.URL + "/OAB/", testSecret, ews.ClassProtocol, "no manifest"},
		"a redirect":       {page.URL + "/away/", testSecret, ews.ClassProtocol, "not followed"},
		"a wrong password": {root + oabFolder, "wrong", ews.ClassAuth, "refused"},
		"no address":       {"mail.example.com", testSecret, ews.ClassInvalid, "https://"},
		"another scheme":   {"file:///etc/passwd", testSecret, ews.ClassInvalid, "https://"},
		"a password in it": {"https://user:secret@mail.example.com/OAB/", testSecret, ews.ClassInvalid, "https://"},
		"http elsewhere":   {"http://mail.example.com/OAB/", testSecret, ews.ClassInvalid, "show the secret"},
	} {
		t.Run(name, func(t *testing.T) {
			o := s.options()
			o.Password = c.secret
			client, err := ews.New(o)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			_, err = client.AddressBooks(t.Context(), c.address)
			e, ok := errors.AsType[*ews.Error](err)
			if !ok || e.Class != c.class || !strings.Contains(e.Error(), c.say) {
				t.Errorf("AddressBooks = %v, want %v with %q", err, c.class, c.say)
			}
			if err != nil && strings.Contains(err.Error(), "secret@") {
				t.Error("the error repeats the password")
			}
		})
	}
}

func TestAddressBooks_EndsWithItsContext(t *testing.T) {
	stop := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer slow.Close()
	defer close(stop)
	client, err := ews.New(ews.Options{URL: slow.URL + "/EWS/Exchange.asmx", User: testUser, Password: testSecret, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client.AddressBooks(ctx, slow.URL+"/OAB/"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("AddressBooks = %v, want it to end with its context", err)
	}
}
