package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
)

const passphrase = "open sesame"

// build builds the program as it is shipped, but for its clock.
func build(ctx context.Context, dir string) (string, error) {
	file := filepath.Join(dir, "lockstepctl")
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "torture", "-o", file, "lockstep/cmd/lockstepctl")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build lockstepctl: %w: %s", err, out)
	}
	return file, nil
}

// home is a home folder of the program.
type home struct {
	program string
	dir     string // holds the home folder and what is beside it
	clock   string // the file that says how far its clock is off
}

func (h *home) path() string  { return filepath.Join(h.dir, "home") }
func (h *home) store() string { return filepath.Join(h.path(), "office.db") }

// limits of safety would stop people who edit as wildly as these.
const limits = `[rules]
deleted = "keep_changed"
[rules.limits]
delete_floor = 1000000
delete_run = 1000000
delete_day = 1000000
shrink_percent = 101
shift_floor = 1000000
create_floor = 1000000
`

// newHome sets a home up for the servers at two addresses.
func newHome(ctx context.Context, program, dir, exchangeURL, severaURL string) (*home, error) {
	h := &home{program: program, dir: dir, clock: filepath.Join(dir, "clock")}
	text := fmt.Sprintf("zone = %q\n[exchange]\nurl = %q\ndomain = \"OFFICE\"\nuser = %q\n[severa]\nurl = %q\nclient_id = %q\n[people]\neveryone = true\n%s",
		zone, exchangeURL, account, severaURL, account, limits)
	file := filepath.Join(dir, "office.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("write office.toml: %w", err)
	}
	for _, step := range []struct {
		in   string
		args []string
	}{
		{"", []string{"setup", "--file", file}},
		{password, []string{"secret", "set", "exchange"}},
		{password, []string{"secret", "set", "severa"}},
	} {
		if out := h.run(ctx, step.in, step.args...); out.code != 0 {
			return nil, fmt.Errorf("lockstepctl %s: exit code %d: %s%s", step.args[0], out.code, out.out, out.errs)
		}
	}
	return h, cheapen(filepath.Join(h.path(), "secrets.age"))
}

// cheapen closes the file of secrets again with less work: guessing at the
// passphrase is not what is tried here, and half a second a start would be
// most of it. Any age program can do this.
func cheapen(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read secrets: %w", err)
	}
	_, body, _ := strings.Cut(string(text), "\n")
	end := strings.Index(body, armor.Footer) + len(armor.Footer) + 1
	key, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return fmt.Errorf("use passphrase: %w", err)
	}
	r, err := age.Decrypt(armor.NewReader(strings.NewReader(body[:end])), key)
	if err != nil {
		return fmt.Errorf("open secrets: %w", err)
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("use passphrase: %w", err)
	}
	to.SetWorkFactor(4)
	var sealed bytes.Buffer
	arm := armor.NewWriter(&sealed)
	w, err := age.Encrypt(arm, to)
	if err != nil {
		return fmt.Errorf("close secrets: %w", err)
	}
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("close secrets: %w", err)
	}
	if err := errors.Join(w.Close(), arm.Close()); err != nil {
		return fmt.Errorf("close secrets: %w", err)
	}
	again := sealed.String() + body[end:]
	sum := sha256.Sum256([]byte(again))
	return os.WriteFile(path, []byte("lockstep-secrets 1 "+hex.EncodeToString(sum[:])+"\n"+again), 0o600)
}

// setClock lets the program's clock be off; zero: not.
func (h *home) setClock(off time.Duration) error {
	return os.WriteFile(h.clock, []byte(off.String()), 0o600)
}

// maxRun is when a run counts as stuck.
const maxRun = 90 * time.Second

// outcome is how one run of the program ended.
type outcome struct {
	code      int
	out, errs string
	took      time.Duration
	hung      bool
}

// command prepares a run of the program; fileBytes bounds how large its files may grow, 0: not.
func (h *home) command(ctx context.Context, fileBytes int, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, h.program, args...)
	if fileBytes > 0 {
		// Blocks of 512 bytes, as POSIX has it.
		script := fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, fileBytes/512)
		c = exec.CommandContext(ctx, "sh", append([]string{"-c", script, h.program}, args...)...)
	}
	c.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "TMPDIR=" + h.dir, "LOCKSTEP_HOME=" + h.path(),
		"LOCKSTEP_PASSPHRASE=" + passphrase, "LOCKSTEP_TORTURE_CLOCK=" + h.clock,
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(h.dir, "none"),
	}
	c.WaitDelay = 5 * time.Second
	return c
}

// run runs the program to its end.
func (h *home) run(ctx context.Context, in string, args ...string) outcome {
	p, err := h.start(ctx, 0, in, args...)
	if err != nil {
		return outcome{code: -1, errs: err.Error()}
	}
	return p.wait()
}

// process is a run on its way.
type process struct {
	cmd       *exec.Cmd
	out, errs bytes.Buffer
	began     time.Time
	ctx       context.Context //nolint:containedctx // tells a run that was ended for its length
	cancel    context.CancelFunc
	done      chan struct{}
}

func (h *home) start(ctx context.Context, fileBytes int, in string, args ...string) (*process, error) {
	p := &process{began: time.Now(), done: make(chan struct{})}
	p.ctx, p.cancel = context.WithTimeout(ctx, maxRun)
	p.cmd = h.command(p.ctx, fileBytes, args...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = strings.NewReader(in), &p.out, &p.errs
	if err := p.cmd.Start(); err != nil {
		p.cancel()
		return nil, fmt.Errorf("start lockstepctl: %w", err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the state tells
	}()
	return p, nil
}

// kill ends it as a power cut would, as far as a process can tell.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

func (p *process) wait() outcome {
	<-p.done
	hung := p.ctx.Err() != nil
	p.cancel()
	return outcome{p.cmd.ProcessState.ExitCode(), p.out.String(), p.errs.String(), time.Since(p.began), hung}
}

// report is the part of a sync's report that is judged.
type report struct {
	Writes     int  `json:"writes"`
	Unapproved bool `json:"unapproved"`
	People     []struct {
		Name     string            `json:"name"`
		Waiting  int               `json:"waiting"`
		Problems []json.RawMessage `json:"problems"`
		Halt     json.RawMessage   `json:"halt"`
		Trouble  json.RawMessage   `json:"trouble"`
		Complete bool              `json:"complete"`
	} `json:"people"`
}

func syncArgs() []string { return []string{"sync", "--once", "--json", "--approve-first"} }
