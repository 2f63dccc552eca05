// Command muster is the server and the tools to run it.
package main

import (
	"os"

	"muster/internal/command"
)

func main() { os.Exit(command.Main()) }
