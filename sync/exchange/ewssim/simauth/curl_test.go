package simauth

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func curl(t *testing.T, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("curl is not installed; run make setup")
		}
		t.Skip("curl is not installed; run make setup")
	}
	args = append([]string{"--silent", "--show-error", "--noproxy", "*", "--max-time", "20"}, args...)
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("curl: %v\n%s", err, out)
	}
	return string(out)
}

func TestGate_LetsCurlIn(t *testing.T) {
	gate, s := serve(t, Options{NTLM: true, Negotiate: true, Basic: true}, false)
	url := s.URL + "/EWS/Exchange.asmx"
	for _, tt := range []struct{ name, flag, user, want string }{
		{"NTLM", "--ntlm", `OFFICE\svc:` + password, "svc:hello"},
		{"NTLM without domain", "--ntlm", "svc:" + password, "svc:hello"},
		{"NTLM with user@domain", "--ntlm", "svc@office.test:" + password, "svc:hello"},
		{"Basic", "--basic", `OFFICE\svc:` + password, "svc:hello"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := curl(t, tt.flag, "-u", tt.user, "--data", "hello", url); got != tt.want {
				t.Errorf("answer = %q, want %q", got, tt.want)
			}
		})
	}
	_, plain := serve(t, Options{NTLM: true, Basic: true}, false) // curl takes Negotiate for Kerberos, and ends there without a ticket
	if got := curl(t, "--anyauth", "-u", `OFFICE\svc:`+password, "--data", "hello", plain.URL); got != "svc:hello" {
		t.Errorf("whichever scheme is best: %q", got)
	}
	// The second request of one curl goes over the connection that the first has signed in.
	before := gate.Stats()
	got := curl(t, "--ntlm", "-u", `OFFICE\svc:`+password, "--data", "hello", url, url)
	if got != "svc:hellosvc:hello" {
		t.Errorf("two requests = %q", got)
	}
	after := gate.Stats()
	if after.Handshakes != before.Handshakes+1 || after.Reused != before.Reused+1 {
		t.Errorf("two requests took %d handshakes and %d requests without a header, want 1 and 1",
			after.Handshakes-before.Handshakes, after.Reused-before.Reused)
	}
	if got := curl(t, "--ntlm", "-u", `OFFICE\svc:wrong`, "--data", "hello", "-w", "%{http_code}", "-o", os.DevNull, url); !strings.HasPrefix(got, "401") {
		t.Errorf("wrong password = %q, want 401", got)
	}
	if got := gate.Refused("svc"); got != 1 {
		t.Errorf("refused sign-ins = %d, want 1", got)
	}
}
