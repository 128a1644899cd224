package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
)

// writerEnv makes the test program a second process that writes secrets: "home|prefix|count".
const writerEnv = "LOCKSTEP_TEST_SECRET_WRITER"

func TestMain(m *testing.M) {
	if job := os.Getenv(writerEnv); job != "" {
		if err := writeSecrets(context.Background(), job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func writeSecrets(ctx context.Context, job string) error {
	parts := strings.Split(job, "|")
	var count int
	if _, err := fmt.Sscan(parts[2], &count); err != nil {
		return err
	}
	ring := newFileRing(parts[0], says("shared passphrase"), time.Minute, testCost)
	for i := range count {
		if err := ring.Set(ctx, fmt.Sprintf("%s-%d", parts[1], i), New(fmt.Sprintf("value %d", i))); err != nil {
			return err
		}
	}
	return nil
}

// TestFileRing_LosesNothingWhenTwoProcessesWrite includes the moment in which both find no file and make one.
func TestFileRing_LosesNothingWhenTwoProcessesWrite(t *testing.T) {
	home := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const processes, each = 3, 20
	var running sync.WaitGroup
	for p := range processes {
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|writer%d|%d", writerEnv, home, p, each))
		running.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("writer %d: %v\n%s", p, err, out)
			}
		})
	}
	running.Wait()
	ring := newFileRing(home, says("shared passphrase"), time.Minute, testCost)
	for p := range processes {
		for i := range each {
			got := mustGet(t, ring, fmt.Sprintf("writer%d-%d", p, i)).Reveal()
			if want := fmt.Sprintf("value %d", i); got != want {
				t.Fatalf("writer %d, secret %d: got %q, want %q", p, i, got, want)
			}
		}
	}
	if litter, err := filepath.Glob(filepath.Join(home, "*.tmp-*")); err != nil || len(litter) > 0 {
		t.Errorf("temporary files stay behind: %v, %v", litter, err)
	}
}

func TestFileRing_TellsAWrongPassphraseFromADamagedFile(t *testing.T) {
	home := t.TempDir()
	mustSet(t, newFileRing(home, says("right"), time.Minute, testCost), "a", hidden)
	path := filepath.Join(home, secretsFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(passphrase string) error {
		_, err := newFileRing(home, says(passphrase), time.Minute, testCost).Get(t.Context(), "a")
		return err
	}
	for _, passphrase := range []string{"wrong", "right ", "Right", ""} {
		if err := read(passphrase); !errors.Is(err, ErrPassphrase) || errors.Is(err, ErrDamaged) {
			t.Errorf("passphrase %q: %v, want ErrPassphrase", passphrase, err)
		}
	}
	put := func(content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, private); err != nil {
			t.Fatal(err)
		}
	}
	for i := range whole {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 1
		put(damaged)
		err := read("right")
		if err == nil || errors.Is(err, ErrPassphrase) {
			t.Fatalf("a flipped bit in byte %d of %d: %v, want damage", i, len(whole), err)
		}
		// The version is the one field whose change means something else than damage.
		if version := len(formatName) + 1; !errors.Is(err, ErrDamaged) && i != version {
			t.Fatalf("a flipped bit in byte %d: %v, want ErrDamaged", i, err)
		}
	}
	for n := range whole {
		put(whole[:n])
		if err := read("right"); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut after %d bytes: %v, want ErrDamaged", n, err)
		}
	}
	put(whole)
	if err := read("right"); err != nil {
		t.Errorf("the whole file: %v", err)
	}
}

// TestFileRing_NeverWritesOverWhatItCannotRead keeps a typing error from costing the secrets.
func TestFileRing_NeverWritesOverWhatItCannotRead(t *testing.T) {
	home := t.TempDir()
	mustSet(t, newFileRing(home, says("right"), time.Minute, testCost), "a", "kept")
	path := filepath.Join(home, secretsFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	newer := bytes.Replace(whole, []byte(formatName+" "+formatVersion), []byte(formatName+" 2"), 1)
	for name, c := range map[string]struct {
		content    []byte
		passphrase string
	}{
		"wrong passphrase": {whole, "wrong"},
		"damaged":          {whole[:len(whole)-9], "right"},
		"empty":            {nil, "right"},
		"newer format":     {newer, "right"},
	} {
		if err := os.WriteFile(path, c.content, private); err != nil {
			t.Fatal(err)
		}
		ring := newFileRing(home, says(c.passphrase), time.Minute, testCost)
		if err := ring.Set(t.Context(), "b", New("new")); err == nil {
			t.Errorf("%s: Set succeeds", name)
		}
		if err := ring.Delete(t.Context(), "a"); err == nil {
			t.Errorf("%s: Delete succeeds", name)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, c.content) {
			t.Errorf("%s: the file was changed (%v)", name, err)
		}
	}
}

func TestFileRing_AsksForThePassphraseOnce(t *testing.T) {
	home := t.TempDir()
	mustSet(t, newFileRing(home, says("right"), time.Minute, testCost), "a", "x")
	var asked atomic.Int32
	ring := newFileRing(home, func(context.Context) (string, error) {
		if asked.Add(1) == 1 {
			return "mistyped", nil
		}
		return "right", nil
	}, time.Minute, testCost)
	if _, err := ring.Get(t.Context(), "a"); !errors.Is(err, ErrPassphrase) {
		t.Fatalf("first answer: %v, want ErrPassphrase", err)
	}
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			if _, err := ring.Get(t.Context(), "a"); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	mustSet(t, ring, "b", "y")
	if got := asked.Load(); got != 2 {
		t.Errorf("asked %d times, want once more after the mistyped one", got)
	}
}

func TestFileRing_AsksAgainWhenTheFileWasMadeAnew(t *testing.T) {
	home := t.TempDir()
	passphrase := "first"
	ring := newFileRing(home, func(context.Context) (string, error) { return passphrase, nil }, time.Minute, testCost)
	mustSet(t, ring, "a", "x")
	if err := os.Remove(filepath.Join(home, secretsFile)); err != nil {
		t.Fatal(err)
	}
	mustSet(t, newFileRing(home, says("second"), time.Minute, testCost), "a", "y")
	if _, err := ring.Get(t.Context(), "a"); !errors.Is(err, ErrPassphrase) {
		t.Errorf("the old passphrase on the new file: %v, want ErrPassphrase", err)
	}
	passphrase = "second"
	if got := mustGet(t, ring, "a").Reveal(); got != "y" {
		t.Errorf("got %q, want y", got)
	}
}

// TestFileRing_JoinsAFileThatAppearsMeanwhile has another process make the file while this one asks for a passphrase.
func TestFileRing_JoinsAFileThatAppearsMeanwhile(t *testing.T) {
	home, asked := t.TempDir(), 0
	ring := newFileRing(home, func(context.Context) (string, error) {
		if asked++; asked == 1 {
			mustSet(t, newFileRing(home, says("right"), time.Minute, testCost), "theirs", "x")
		}
		return "right", nil
	}, time.Minute, testCost)
	mustSet(t, ring, "ours", "y")
	for name, want := range map[string]string{"theirs": "x", "ours": "y"} {
		if got := mustGet(t, ring, name).Reveal(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times, want once for the new file and once for the other's", asked)
	}
}

func TestFileRing_WaitingForAPersonBlocksNobodyForEver(t *testing.T) {
	home := t.TempDir()
	mustSet(t, newFileRing(home, says("right"), time.Minute, testCost), "a", "x")
	typed, asked := make(chan string), make(chan struct{})
	ring := newFileRing(home, func(context.Context) (string, error) { close(asked); return <-typed, nil }, time.Minute, testCost)
	var first sync.WaitGroup
	first.Go(func() {
		if _, err := ring.Get(t.Context(), "a"); err != nil {
			t.Error(err)
		}
	})
	<-asked
	stopped, stop := context.WithCancel(t.Context())
	var second sync.WaitGroup
	second.Go(func() {
		if _, err := ring.Get(stopped, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("a caller who gives up: %v, want context.Canceled", err)
		}
	})
	stop()
	second.Wait()
	// Another process is not held up by the question.
	mustSet(t, newFileRing(home, says("right"), time.Minute, testCost), "b", "y")
	typed <- "right"
	first.Wait()
	gone := errors.New("no terminal")
	ring = newFileRing(home, func(context.Context) (string, error) { return "", gone }, time.Minute, testCost)
	if _, err := ring.Get(t.Context(), "a"); !errors.Is(err, gone) {
		t.Errorf("nobody answers: %v, want the reason", err)
	}
}

func TestLocked_GivesUpOnAnotherProgram(t *testing.T) {
	home := t.TempDir()
	other := flock.New(filepath.Join(home, lockFile))
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ring := newFileRing(home, says("p"), 10*time.Second, testCost)
		if err := ring.Set(t.Context(), "a", New("x")); !errors.Is(err, ErrLocked) {
			t.Errorf("Set while another program holds the lock: %v, want ErrLocked", err)
		}
		stopped, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := ring.Get(stopped, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Get with a shorter deadline: %v, want the context's error", err)
		}
	})
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	mustSet(t, newFileRing(home, says("p"), time.Minute, testCost), "a", "x")
}

// TestWriteFile_LeavesTheOldFileWhenItFails uses a folder that takes no new file.
func TestWriteFile_LeavesTheOldFileWhenItFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "target")
	if err := os.Mkdir(path, privateDir); err != nil { // a folder in the place of the file: the rename fails
		t.Fatal(err)
	}
	if err := writeFile(path, []byte("x")); err == nil {
		t.Error("a file replaced a folder")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := writeFile(filepath.Join(dir, "no", "such", "folder"), []byte("x")); err == nil {
		t.Error("a file was written into a folder that does not exist")
	}
}

// TestFileRing_IsOpenedByAgeAlone shows the way out for someone who has the passphrase and no Lockstep.
func TestFileRing_IsOpenedByAgeAlone(t *testing.T) {
	home := t.TempDir()
	mustSet(t, newFileRing(home, says("right"), time.Minute, workFactor), "a", "x")
	content, err := os.ReadFile(filepath.Join(home, secretsFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----"} {
		if got := bytes.Count(content, []byte(want)); got != 2 {
			t.Errorf("%d lines %q, want 2", got, want)
		}
	}
	c, err := decodeContainer(content)
	if err != nil {
		t.Fatal(err)
	}
	id, err := openIdentity(c.identity, "right")
	if err != nil {
		t.Fatal(err)
	}
	text, err := decrypt(c.entries, id)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(text), `{"entries":{"a":"eA=="}}`; got != want {
		t.Errorf("inside is %s, want %s", got, want)
	}
}
