package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// app is what FyneApp.toml says.
type app struct {
	Name    string
	ID      string
	Version string
	Build   int
}

// four is the version as Windows counts: four numbers.
func (a app) four() string { return fmt.Sprintf("%s.%d", a.Version, a.Build) }

// Words that stand in every package.
const (
	publisher   = "The Lockstep contributors"
	summary     = "Keeps Visma Severa and Exchange calendars in step"
	description = "Lockstep keeps a small office's business system and its Microsoft Exchange calendars in step, both ways, from one PC: " +
		"through one delegate account, without a server of its own, and without a mail to anybody."
	license = "Apache-2.0"
)

// builder is one build: where from, where to, and as what.
type builder struct {
	app   app
	root  string    // the top of the checkout
	src   string    // the copy that is built
	work  string    // what is made on the way
	dist  string    // what is made
	tools string    // Go programs that make it
	made  time.Time // of the commit: the time that everything bears
	sign  *signer   // nil: nothing is signed
	quick bool      // the setup program may be large
	out   io.Writer
}

func newBuilder(ctx context.Context, out io.Writer, dist, version string) (*builder, error) {
	found, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("find the top of the checkout: %w", err)
	}
	b := &builder{root: strings.TrimSpace(string(found)), out: out}
	if b.dist, err = filepath.Abs(dist); err != nil {
		return nil, err
	}
	b.work = filepath.Join(b.root, ".cache", "release")
	b.src = filepath.Join(b.work, "src")
	b.tools = filepath.Join(b.root, ".cache", "bin")
	if shared, err := os.UserCacheDir(); err == nil {
		b.tools = filepath.Join(shared, "lockstep", "tools")
	}
	if b.app, err = readApp(filepath.Join(b.root, "FyneApp.toml")); err != nil {
		return nil, err
	}
	if version != "" {
		b.app.Version = version
	}
	if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(b.app.Version) {
		return nil, fmt.Errorf("version %q: installers count in three numbers, such as 1.2.3", b.app.Version)
	}
	if b.made, err = b.commitTime(ctx); err != nil {
		return nil, err
	}
	if b.sign, err = signerFromEnv(os.Getenv); err != nil {
		return nil, err
	}
	for _, dir := range []string{b.work, b.dist, b.tools} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("make folder: %w", err)
		}
	}
	return b, b.export(ctx)
}

func readApp(path string) (app, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return app{}, fmt.Errorf("read what the app is: %w", err)
	}
	var file struct{ Details app }
	if err := toml.Unmarshal(text, &file); err != nil {
		return app{}, fmt.Errorf("read what the app is: %w", err)
	}
	return file.Details, nil
}

// commitTime is SOURCE_DATE_EPOCH, or else the time of the commit that is built.
func (b *builder) commitTime(ctx context.Context) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := exec.CommandContext(ctx, "git", "-C", b.root, "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("find the time of the commit (or set SOURCE_DATE_EPOCH): %w", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the time of the commit: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// export copies the files that git knows of, as they are in the checkout, so that nothing else gets into a build.
func (b *builder) export(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "git", "-C", b.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return fmt.Errorf("list the files: %w", err)
	}
	if changed, err := exec.CommandContext(ctx, "git", "-C", b.root, "status", "--porcelain").Output(); err == nil && len(changed) > 0 {
		fmt.Fprintln(b.out, "Note: there are changes that are not committed; they are built too.")
	}
	if err := os.RemoveAll(b.src); err != nil {
		return fmt.Errorf("clear the copy: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		from := filepath.Join(b.root, filepath.FromSlash(name))
		if info, err := os.Lstat(from); errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue // deleted and not committed, or a link
		}
		if err := copyFile(filepath.Join(b.src, filepath.FromSlash(name)), from); err != nil {
			return err
		}
	}
	return b.renumber()
}

// renumber lets the copy say the version that is built.
func (b *builder) renumber() error {
	path := filepath.Join(b.src, "cmd", "internal", "version", "version.go")
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the version: %w", err)
	}
	number := regexp.MustCompile(`const Number = "[^"]*"`)
	return os.WriteFile(path, number.ReplaceAll(text, []byte(`const Number = "`+b.app.Version+`"`)), 0o600)
}

// file names a file that is made: lockstep_0.1.0_linux_amd64.tar.gz.
func (b *builder) file(rest string) string {
	return filepath.Join(b.dist, "lockstep_"+b.app.Version+"_"+rest)
}

// do runs a command in a folder, and shows what it prints only when it fails.
func (b *builder) do(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(b.made.Unix(), 10)), env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, said.String())
	}
	return nil
}

// fill writes a file of this package into the work folder, with the values of this build in it.
func (b *builder) fill(name string, more map[string]string) (string, error) {
	text, err := files.ReadFile("files/" + name)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	values := []string{
		"@NAME@", b.app.Name, "@ID@", b.app.ID, "@VERSION@", b.app.Version, "@FOUR@", b.app.four(), "@DATE@", b.made.Format("2006-01-02"),
		"@PUBLISHER@", publisher, "@SUMMARY@", summary, "@DESCRIPTION@", description, "@LICENSE@", license,
	}
	for key, v := range more {
		values = append(values, "@"+key+"@", v)
	}
	path := filepath.Join(b.work, name)
	if err := os.WriteFile(path, []byte(strings.NewReplacer(values...).Replace(string(text))), 0o600); err != nil {
		return "", fmt.Errorf("write %s: %w", name, err)
	}
	return path, nil
}

func copyFile(to, from string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	info, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	if err := os.WriteFile(to, content, info.Mode().Perm()); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}
