//go:build linux

package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"lockstep/sync/network/bustest"
)

// insideBus marks the test program that runs inside a D-Bus session of its own.
const insideBus = "LOCKSTEP_TEST_INSIDE_BUS"

// TestSystemRing_OnGNOMEKeyring runs the tests below against a real GNOME Keyring, in a session bus and a home that
// nobody else uses.
func TestSystemRing_OnGNOMEKeyring(t *testing.T) {
	if os.Getenv(insideBus) != "" {
		t.Skip("this is the inside")
	}
	for _, tool := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing in CI; make setup installs it", tool)
			}
			t.Skipf("%s is missing; make setup installs it", tool)
		}
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--", program, "-test.run=^TestInsideBus_", "-test.v", "-test.timeout=2m")
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "DISPLAY=") || strings.HasPrefix(v, "WAYLAND_DISPLAY=") || strings.HasPrefix(v, "DBUS_")
	}), insideBus+"=1", "HOME="+dir, "XDG_RUNTIME_DIR="+dir, "XDG_DATA_HOME="+filepath.Join(dir, "data"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("inside the session: %v\n%s", err, out)
	}
	if got, want := strings.Count(string(out), "\n--- PASS: TestInsideBus_"), 2; got != want {
		t.Errorf("%d tests passed inside the session, want %d:\n%s", got, want, out)
	}
	if testing.Verbose() {
		t.Logf("%s", out)
	}
}

// TestInsideBus_KeepsSecretsInTheKeyring is the first inside: with a keyring that is unlocked.
func TestInsideBus_KeepsSecretsInTheKeyring(t *testing.T) {
	bus := keyringDaemon(t)
	home := t.TempDir()
	open := func(home string) Keyring {
		t.Helper()
		ring, kind, err := Open(t.Context(), Options{Home: home, Passphrase: says("not asked for")})
		if err != nil || kind != KindOS {
			t.Fatalf("Open = %v, %v, want the system's keyring", kind, err)
		}
		return ring
	}
	heard := bustest.Eavesdrop(t, bus, os.Getenv(bustest.OfSession))
	mustSet(t, open(home), "exchange", hidden)
	if got := mustGet(t, open(home), "exchange").Reveal(); got != hidden {
		t.Errorf("got %q, want %q", got, hidden)
	}
	traffic := heard()
	if !strings.Contains(traffic, "CreateItem") || !strings.Contains(traffic, "GetSecret") {
		t.Fatal("the traffic with the keyring was not heard: the test looks for nothing")
	}
	if strings.Contains(traffic, hidden) {
		t.Error("the secret goes over the session's bus in plain text")
	}
	for i, value := range []string{
		"plain", "", "äöüß 漢字 🔑", `"quoted" \ 'and'`, "line\nline", "nul\x00 \xff\xfe", strings.Repeat("long", 25_000),
	} {
		mustSet(t, open(home), "exchange", value)
		if got := mustGet(t, open(home), "exchange").Reveal(); got != value {
			t.Errorf("value %d: got %.40q, want %.40q", i, got, value)
		}
	}
	made, err := MakeKeys(t.Context(), open(home))
	if err != nil {
		t.Fatal(err)
	}
	if loaded, err := LoadKeys(t.Context(), open(home)); err != nil || !same(loaded.Seal, made.Seal) || !same(loaded.HMAC, made.HMAC) {
		t.Errorf("other keys than those that were made: %v", err)
	}
	if _, err := open(t.TempDir()).Get(t.Context(), "exchange"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another home sees the secret: %v", err)
	}
	if err := open(home).Delete(t.Context(), "exchange"); err != nil {
		t.Fatal(err)
	}
	if _, err := open(home).Get(t.Context(), "exchange"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a forgotten secret: %v, want ErrNotFound", err)
	}

	// Locked, with no desktop that could ask for the password, the secret must not be had and no call may hang.
	mustSet(t, open(home), "exchange", hidden)
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	collections := []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"}
	if err := service.CallWithContext(t.Context(), "org.freedesktop.Secret.Service.Lock", 0, collections).Err; err != nil {
		t.Fatal(err)
	}
	_, _, err = Open(t.Context(), Options{Home: home, Passphrase: says("not asked for"), Timeout: 3 * time.Second})
	if !errors.Is(err, ErrLocked) && !errors.Is(err, ErrNoKeyring) {
		t.Errorf("Open on a locked keyring: %v, want ErrLocked or ErrNoKeyring", err)
	}
	t.Logf("a locked keyring without a desktop says: %v", err)
	if HasFile(home) {
		t.Error("a file was made beside the locked keyring")
	}
}

// TestInsideBus_FallsBackToTheFile comes second: its bus address leads nowhere.
func TestInsideBus_FallsBackToTheFile(t *testing.T) {
	if os.Getenv(insideBus) == "" {
		t.Skip("runs inside a session bus, started by TestSystemRing_OnGNOMEKeyring")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(insideBus) == "none" {
		if _, _, err := Open(t.Context(), Options{Home: t.TempDir()}); !errors.Is(err, ErrNoKeyring) {
			t.Errorf("Open without a bus: %v, want ErrNoKeyring", err)
		}
		ring, kind, err := Open(t.Context(), Options{Home: t.TempDir(), Passphrase: says("p"), cost: testCost})
		if err != nil || kind != KindFile {
			t.Fatalf("Open without a bus, with a passphrase: %v, %v, want the file", kind, err)
		}
		mustSet(t, ring, "a", "x")
		return
	}
	launched := fakeLauncher(t)
	addresses := []string{"unix:path=/nonexistent/bus"}
	if _, err := os.Stat(fmt.Sprintf("/run/user/%d", os.Getuid())); errors.Is(err, os.ErrNotExist) {
		addresses = append(addresses, "") // with a folder there, a real bus of this user may be found
	}
	for _, address := range addresses {
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), insideBus+"=none", "DBUS_SESSION_BUS_ADDRESS="+address,
			"PATH="+filepath.Dir(launched)+string(os.PathListSeparator)+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("without a bus at %q: %v\n%s", address, err, out)
		}
	}
	if _, err := os.Stat(launched + ".called"); err == nil {
		t.Error("a bus was started, and would stay behind")
	}
}

// fakeLauncher puts a dbus-launch into a folder of its own that leaves a file behind when it is called.
func fakeLauncher(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dbus-launch")
	if err := os.WriteFile(path, []byte("#!/bin/sh\ntouch \"$0.called\"\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// keyringDaemon starts an unlocked GNOME Keyring on the session bus and waits until it answers.
func keyringDaemon(t *testing.T) *dbus.Conn {
	t.Helper()
	if os.Getenv(insideBus) != "1" {
		t.Skip("runs inside a session bus, started by TestSystemRing_OnGNOMEKeyring")
	}
	bus, err := dbus.ConnectSessionBus(dbus.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	changes := make(chan *dbus.Signal, 16)
	bus.Signal(changes)
	if err := bus.AddMatchSignalContext(t.Context(), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, "org.freedesktop.secrets")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	cmd.Stdin = strings.NewReader("a login password") // creates and unlocks the login collection
	var printed strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
		_ = bus.Close()
	})
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		select {
		case change := <-changes: // the first signal of every connection is its own name
			if change.Name == "org.freedesktop.DBus.NameOwnerChanged" {
				return bus
			}
		case <-limit.C:
			t.Fatalf("GNOME Keyring does not come up: %s", printed.String())
		}
	}
}
