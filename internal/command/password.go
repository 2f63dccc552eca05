package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// passwordMax bounds the line a password is read from, in bytes. What is too long
// for a password is for the server to say.
const passwordMax = 4096

// passwordFlags are shared by the commands that set a password. There is no flag
// for the password itself: everybody on the machine could read it.
type passwordFlags struct {
	PasswordFile string `placeholder:"FILE" help:"Read the password from the first line of this file. Without it the password is asked for, or read from standard input if that is no terminal."`
}

// password reads a new password for somebody.
func (f passwordFlags) password(ctx context.Context, a *app, who string) (string, error) {
	if f.PasswordFile != "" {
		file, err := os.Open(f.PasswordFile)
		if err != nil {
			return "", misused("read password: %w", err)
		}
		defer func() { _ = file.Close() }() // nothing was written
		return firstLine(file)
	}
	if in, ok := a.Stdin.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		return a.ask(ctx, in, who)
	}
	return firstLine(a.Stdin)
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, passwordMax)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", misused("there is no password: give one on standard input or with --password-file")
	}
	return line, nil
}

// ask asks for a password at the terminal, twice and without showing it.
func (a *app) ask(ctx context.Context, terminal *os.File, who string) (string, error) {
	first, err := a.prompt(ctx, terminal, "New password for "+visible(who)+": ")
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", misused("there is no password")
	}
	second, err := a.prompt(ctx, terminal, "The same again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", misused("the two passwords differ")
	}
	return first, nil
}

// prompt reads a line that is not shown. An interrupt leaves the terminal as it was.
func (a *app) prompt(ctx context.Context, terminal *os.File, question string) (string, error) {
	fd := int(terminal.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("prepare terminal: %w", err)
	}
	_, _ = io.WriteString(a.Stderr, question) // who does not see it can still type
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		a.note("")
		if l.err != nil {
			return "", fmt.Errorf("read password: %w", l.err)
		}
		return string(l.text), nil
	case <-ctx.Done():
		a.note("")
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}
