#!/usr/bin/env python3
"""Simulates how long checks of a cluster take, of which each step waits for the slowest replica group.

In each step, the node that was asked sends a message to a node of every other group and works on its own
part; when the last answer has come, it gathers them. A node has some cores and one queue. The first step is
hedged: without an answer for so long, another node of the group is asked too; the first to answer goes on.
Nodes stall now and then. Durations are in milliseconds; those given as MEDIAN/P99 are lognormal.
"""
import argparse
import heapq
import itertools
import random
from math import exp, inf, log, sqrt
from types import SimpleNamespace


class Duration:
    def __init__(self, text):
        self.median, p99 = (float(part) for part in text.split("/"))
        self.sigma = log(p99 / self.median) / 2.3263  # Standard deviations from median to P99.

    def at(self, deviations):
        return self.median * exp(self.sigma * deviations)

    def mean(self):
        return self.at(self.sigma / 2)


def stalls(rng, length, share):
    until = 0.0
    while share:
        begin = until + rng.expovariate(share / (length * (1 - share)))
        until = begin + length
        yield begin, until
    yield inf, inf


class Node:
    """Cores with one queue, which stall together. One at least of its stalls begins after all work."""
    def __init__(self, rng, options):
        self.free, self.stops, self.threads, self.waiting = [0.0] * options.cores, inf, options.threads, []
        self.coming = stalls(rng, options.stall, options.stall_share)
        self.stalls = [next(self.coming)]

    def done(self, now, work):
        """When work that comes now is done."""
        start = max(now, heapq.heappop(self.free))
        end = start + work
        for place in itertools.count():
            while self.stalls[-1][0] < end:
                self.stalls.append(next(self.coming))
            begin, until = self.stalls[place]
            if begin >= end:
                break
            end += max(0.0, until - max(begin, start))
        while self.stalls[0][1] <= now:
            del self.stalls[0]
        heapq.heappush(self.free, end)
        return end if end < self.stops else inf


class Run:
    """`hedge` is infinite without hedging. A node stops for good at `stop_at`."""
    def __init__(self, options, groups, load, hedge, stop_at):
        self.options, self.groups, self.hedge, self.stop_at = options, groups, hedge, stop_at
        seeds = (random.Random(f"{options.seed} {groups} {load} {number}") for number in itertools.count())
        self.rng, self.arrivals = next(seeds), next(seeds)
        self.nodes = [[Node(next(seeds), options) for _ in range(options.nodes)] for _ in range(groups)]
        self.nodes[-1][-1].stops, self.found_at = stop_at, stop_at + options.silence
        work = sum(step.mean() + options.gather for step in options.steps)
        self.gap = work / (options.nodes * options.cores * load)
        self.way = lambda: options.message.at(self.rng.gauss(0, 1))
        self.events, self.order, self.times, self.work, self.hedged_work = [], itertools.count(), [], 0.0, 0.0

    def result(self):
        """Of the checks that began while a node had stopped unnoticed, or after a tenth of the run."""
        length = self.options.work * self.gap / self.groups
        since, until = (self.stop_at, self.found_at) if self.stop_at < inf else (length / 10, length)
        self.at(0.0, self.arrive, int((until + 500) / self.gap))
        while self.events:
            now, _, event, arguments = heapq.heappop(self.events)
            event(now, *arguments)
        times = sorted(took for began, took in self.times if since <= began < until)
        shares = " / ".join(f"{times[int(len(times) * share)]:.3g}" for share in (.5, .95, .99, .999))
        return f"{shares} ({self.hedged_work / self.work:.2%})"

    def at(self, time, event, *arguments):
        heapq.heappush(self.events, (time, next(self.order), event, arguments))

    def arrive(self, now, left):
        group, member = self.arrivals.randrange(self.groups), self.arrivals.randrange(self.options.nodes)
        # Callers of the node that stops lose their connection, and are not looked at.
        member = 0 if self.nodes[group][member].stops < inf else member
        check = SimpleNamespace(began=now, group=group, member=member, kind=self.arrivals.gauss(0, 1))
        self.nodes[group][member].waiting.append(check)
        self.take(now, self.nodes[group][member], 0)
        if left > 1:
            self.at(now + self.arrivals.expovariate(1 / self.gap), self.arrive, left - 1)

    def take(self, now, node, ended):
        """Takes the next check, after one has ended: each keeps a thread of the asking node until its end."""
        node.threads += ended
        while node.threads and node.waiting:
            node.threads -= 1
            self.begin(now, node.waiting.pop(0), 0)

    def begin(self, now, check, step):
        if step == 0:
            check.members = [self.rng.randrange(self.options.nodes) for _ in range(self.groups)]
            check.members[-1] = 0 if now >= self.found_at else check.members[-1]
            check.members[check.group] = check.member
        check.step, check.sent, check.latest, check.waiting, check.failed = step, now, now, self.groups, False
        for group in range(self.groups):
            self.at(now + (0.0 if group == check.group else self.way()), self.ask, check, group)

    def worked(self, now, check, group, member, steps):
        alike, own = sqrt(self.options.alike) * check.kind, sqrt(1 - self.options.alike)
        work = sum(step.at(alike + own * self.rng.gauss(0, 1)) for step in steps)
        self.work += work
        return self.nodes[group][member].done(now, work), work

    def ask(self, now, check, group):
        end, _ = self.worked(now, check, group, check.members[group], [self.options.steps[check.step]])
        if group == check.group:
            return self.answered(check, end)
        reply, hedged = end + self.way(), check.sent + self.hedge
        if reply <= hedged or (check.step > 0 and not self.options.hedge_all):
            return self.answered(check, reply)
        self.at(max(now, hedged) + self.way(), self.ask_another, check, group, reply)

    def ask_another(self, now, check, group, reply):
        """Another node does the step, after those before it, which it has not done yet."""
        another = (check.members[group] + 1) % self.options.nodes
        end, work = self.worked(now, check, group, another, self.options.steps[:check.step + 1])
        self.hedged_work, other = self.hedged_work + work, end + self.way()
        if other < reply:
            check.members[group] = another
        self.answered(check, min(reply, other))

    def answered(self, check, reply):
        if reply == inf:
            check.failed, reply = True, max(check.sent, self.found_at)
        check.latest, check.waiting = max(check.latest, reply), check.waiting - 1
        if check.waiting == 0:
            self.at(check.latest, self.gather, check)

    def gather(self, now, check):
        if check.failed:
            return self.begin(now, check, 0)
        end = self.nodes[check.group][check.member].done(now, self.options.gather * self.groups)
        if check.step + 1 < len(self.options.steps):
            return self.at(end, self.begin, check, check.step + 1)
        self.times.append((check.began, end - check.began))
        self.at(end, self.take, self.nodes[check.group][check.member], 1)


def table(title, options, loads, stop_at):
    names = " | ".join("no hedging" if hedge == inf else f"after {hedge:g} ms" for hedge in options.hedges)
    print(f"{title}\n\n| groups | load | checks/s | {names} |\n|" + "---|" * (3 + len(options.hedges)))
    for groups, load in itertools.product(options.groups, loads):
        runs = [Run(options, groups, load, hedge, stop_at) for hedge in options.hedges]
        cells = " | ".join(run.result() for run in runs)
        print(f"| {groups} | {load:.0%} | {1000 / runs[0].gap:.0f} | {cells} |", flush=True)


OPTIONS = [
    ("--groups", "3,5,8,12,20,30,50", [int], "replica groups"),
    ("--nodes", "2", int, "nodes of a group"),
    ("--cores", "8", int, "cores of a node"),
    ("--threads", "8", int, "checks that a node asks others about at once; more wait"),
    ("--steps", "0.5/1.2,0.3/1.5,0.9/8", [Duration], "processor time of each step at one node"),
    ("--message", "0.15/1", Duration, "way of a message"),
    ("--gather", "0.03", float, "processor time of the asking node for an answer"),
    ("--alike", "0.5", float, "share of the variance of steps that is the submission's, at all nodes"),
    ("--stall", "30", float, "length of a stall"),
    ("--stall-share", "0.001", float, "share of the time in which a node stalls"),
    ("--silence", "2500", float, "time after which a stopped node is found out"),
    ("--hedges", "inf,250,50,20", [float], "times after which another node is asked"),
    ("--loads", "0.01,0.5,0.7", [float], "shares of all processors that checks keep busy"),
    ("--stop-loads", "0.3", [float], "the same, for the table of a node that stops"),
    ("--work", "500000", int, "checks of a run, times the groups"),
    ("--seed", "1", str, "seed of the random numbers"),
    ("--hedge-all", "0", int, "1 to hedge all steps, and do those before again; the program does not"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default, of, text in OPTIONS:
        several = isinstance(of, list) and (lambda text, of=of: [of[0](part) for part in text.split(",")])
        parser.add_argument(name, default=default, type=several or of, help=f"{text} ({default})")
    options = parser.parse_args()
    shares = "Median / 95th / 99th / 99.9th percentile in ms (share of hedging in all work)"
    table(shares, options, options.loads, stop_at=inf)
    table("\nUntil a node that stopped is found out: the same", options, options.stop_loads, stop_at=500.0)


if __name__ == "__main__":
    main()
