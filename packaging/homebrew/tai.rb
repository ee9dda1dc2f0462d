class Tai < Formula
  desc "Mail for AI agents, with one login for every MCP client"
  homepage "https://tai.chat"
  url "@URL@/tai-@VERSION@.tar.gz"
  sha256 "@SHA256:tai-@VERSION@.tar.gz@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    ENV["TAI_COMMIT"] = "@COMMIT@"
    system "cargo", "install", *std_cargo_args(path: "daemon")
    system "cargo", "install", *std_cargo_args(path: "shim")
    system "cargo", "run", "--release", "--locked", "--package", "tai-packaging", "--", "made"
    man1.install Dir["made/man/*.1"]
    man5.install Dir["made/man/*.5"]
    man7.install Dir["made/man/*.7"]
    doc.install "README.md", "LICENSE-MIT", "LICENSE-APACHE", "packaging/THIRD-PARTY-NOTICES", Dir["packaging/docs/*.md"]
    %w[taid tai-mcp].each do |name|
      bash_completion.install "made/completions/#{name}.bash" => name
      zsh_completion.install "made/completions/_#{name}"
      fish_completion.install "made/completions/#{name}.fish"
    end
  end

  service do
    run [opt_bin/"taid", "run"]
    keep_alive crashed: true
  end

  test do
    assert_match "-32700", pipe_output(bin/"tai-mcp", "not json\n")
    assert_match "taid #{version}", shell_output("#{bin}/taid --version")
  end
end
