package updates

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestLook_TellsOnlyWhatIsNewer(t *testing.T) {
	answer := ""
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
	defer srv.Close()
	for _, c := range []struct {
		ours, answer, want string
		fails              bool
	}{
		{ours: "0.1.0", answer: `{"version":"0.2.0","notes":"https://example.com/n"}`, want: "0.2.0"},
		{ours: "0.9.0", answer: `{"version":"0.10.0"}`, want: "0.10.0"},
		{ours: "0.2.0", answer: `{"version":"0.2.0"}`},
		{ours: "1.0.0", answer: `{"version":"0.9.9"}`},
		{ours: "0.1.0", answer: `{"version":"9.0.0","notes":"http://example.com/"}`, fails: true},
		{ours: "0.1.0", answer: `{"version":"9.0.0","notes":"javascript:alert(1)"}`, fails: true},
		{ours: "0.1.0", answer: `{"version":"nine"}`, fails: true},
		{ours: "0.1.0", answer: `not at all`, fails: true},
		{ours: "0.1.0", answer: `{"version":"` + strings.Repeat("9", maxAnswer) + `"}`, fails: true},
	} {
		answer = c.answer
		got, err := Look(t.Context(), srv.Client(), srv.URL, c.ours)
		if (err != nil) != c.fails || got.Version != c.want {
			t.Errorf("%s against %.40s: %q, %v; want %q, failing %v", c.ours, c.answer, got.Version, err, c.want, c.fails)
		}
	}
}

func TestLook_GoesNowhereElse(t *testing.T) {
	visited := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	defer other.Close()
	srv := httptest.NewTLSServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer srv.Close()
	if _, err := Look(t.Context(), srv.Client(), srv.URL, "0.1.0"); err == nil || visited {
		t.Errorf("a redirection: %v, followed %v; want it refused", err, visited)
	}
	if _, err := Look(t.Context(), srv.Client(), other.URL, "0.1.0"); err == nil || visited {
		t.Errorf("an address without encryption: %v, asked %v; want it refused", err, visited)
	}
}
