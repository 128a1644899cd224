// Command release builds what people install: for Windows a setup program, an MSI and a portable ZIP, for Linux .deb,
// .rpm and tar.gz, with checksums and bills of materials, in dist/. `make release` is this program without arguments.
//
// It builds from a copy of the tracked files with fixed paths, times and flags, so that two builds of one commit give
// the same programs. It starts other tools and writes the files that they read; what the programs do is not its
// business, and it must not import their packages.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// step is one row of the table: what is made.
type step struct {
	name string
	why  string
	// asked says that it runs only when it is named.
	asked bool
	run   func(context.Context, *builder) error
}

func steps() []step {
	return []step{
		{name: "setup", why: "install the tools that build installers", run: setup},
		{name: "linux", why: "programs, .deb, .rpm and tar.gz for Linux", run: releaseLinux},
		{name: "windows", why: "programs, setup program, MSI and portable ZIP for Windows", run: releaseWindows},
		{name: "macos", why: "the app bundle and its disk image, on a Mac (never tried)", asked: runtime.GOOS != "darwin", run: releaseMacOS},
		{name: "boms", why: "a bill of materials (CycloneDX) for each program", run: materials},
		{name: "sums", why: "SHA256SUMS over everything", run: checksums},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run parses the arguments, which are names of steps, and runs those steps; none means all that need not be asked for.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	dist := flags.String("out", "dist", "where to put what is made")
	version := flags.String("version", "", "another version than FyneApp.toml names, for tests of an upgrade")
	flags.Usage = func() { usage(flags) }
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if flags.Arg(0) == "sign" {
		return signFile(ctx, flags.Args()[1:]) // called by makensis
	}
	chosen, err := choose(steps(), flags.Args())
	if err != nil {
		return err
	}
	b, err := newBuilder(ctx, out, *dist, *version)
	if err != nil {
		return err
	}
	for _, s := range chosen {
		fmt.Fprintf(out, "\n=== %s: %s\n", s.name, s.why)
		began := time.Now()
		if err := s.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(out, "=== %s: done in %s\n", s.name, time.Since(began).Round(100*time.Millisecond))
	}
	return list(out, b.dist)
}

// choose picks the named steps in the table's order; without a name, those that need not be asked for.
func choose(all []step, names []string) ([]step, error) {
	for _, name := range names {
		if !slices.ContainsFunc(all, func(s step) bool { return s.name == name }) {
			return nil, fmt.Errorf("there is no step %q; run with -h for the list", name)
		}
	}
	return slices.DeleteFunc(all, func(s step) bool {
		return len(names) > 0 && !slices.Contains(names, s.name) || len(names) == 0 && s.asked
	}), nil
}

func usage(flags *flag.FlagSet) {
	out := flags.Output()
	fmt.Fprintln(out, "usage: release [FLAG…] [STEP…]\n\nWithout a step all of them run that are not marked with *, in this order:")
	for _, s := range steps() {
		mark := " "
		if s.asked {
			mark = "*"
		}
		fmt.Fprintf(out, "  %-8s%s %s\n", s.name, mark, s.why)
	}
	fmt.Fprintln(out)
	flags.PrintDefaults()
	fmt.Fprintf(out, "\nSigning, where a certificate is given: %s names a PKCS #12 file, %s its password, %s a time-stamp server.\n",
		signFileVar, signPasswordVar, signTimeVar)
}

// list shows what was made, with its size.
func list(out io.Writer, dist string) error {
	fmt.Fprintln(out)
	return filepath.WalkDir(dist, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%8.2f MiB  %s\n", float64(info.Size())/(1<<20), strings.TrimPrefix(path, filepath.Dir(dist)+string(filepath.Separator)))
		return nil
	})
}
