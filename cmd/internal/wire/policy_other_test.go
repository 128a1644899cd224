//go:build !windows

package wire

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestPolicyIn_ReadsTheMachinesAndTheUsersFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	who := func() string { return "anna" }
	if set, err := policyIn(dir, who); err != nil || len(set.Locks()) != 0 {
		t.Errorf("no files: %v, %v", set.Locks(), err)
	}
	write("users/anna.toml", "[rules]\nwinner = \"ask\"\ndays_back = 5\n")
	write("users/bert.toml", "zone = \"Europe/Berlin\"\n")
	write("policy.toml", "[rules]\nwinner = \"severa\"\n[exchange]\nca_file = \"ca.pem\"\n")
	set, err := policyIn(dir, who)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, l := range set.Locks() {
		got += fmt.Sprintf("%s=%v (%s)\n", l.Key, l.Value, l.Level)
	}
	want := "exchange.ca_file=" + filepath.Join(dir, "ca.pem") + " (machine policy)\nrules.days_back=5 (user policy)\nrules.winner=severa (machine policy)\n"
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
	write("policy.toml", "[rules]\nwinner = 5\n")
	if _, err := policyIn(dir, who); err == nil {
		t.Error("a mistake in the policy was passed over")
	}
}
